using Skep.Contracts;
using Skep.Findings;
using Skep.Hosting.Tests.Support;

namespace Skep.Hosting.Tests;

/// <summary>Files that are no plugin: each is a finding of the right rule, and the plugin beside it works.</summary>
public sealed class BrokenFileTests : IDisposable
{
    private readonly PluginForge _forge = new();

    public void Dispose() => _forge.Dispose();

    [Theory]
    [InlineData("", "empty")]
    [InlineData("MZ", "")]
    [InlineData("not an assembly", "MZ")]
    [InlineData("\u007fELF and so on", "ELF")]
    public void Text_is_broken(string content, string telling)
    {
        _forge.Lay(_forge.PathOf("Bad"), content);
        Assert.Contains(telling, RefuseBad("SKEP5103").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_are_broken()
    {
        byte[] bytes = new byte[5000];
        new Random(1).NextBytes(bytes);
        _forge.Lay(_forge.PathOf("Bad"), bytes);
        RefuseBad("SKEP5103");
    }

    [Fact]
    public void Random_bytes_after_a_true_start_never_take_the_host_down()
    {
        byte[] whole = File.ReadAllBytes(_forge.Add("Bad", Sources.Map("Bad", "bad/map")));
        var random = new Random(2);
        for (int round = 0; round < 60; round++)
        {
            byte[] bytes = [.. whole];
            int first = random.Next(2, bytes.Length);
            random.NextBytes(bytes.AsSpan(first, Math.Min(random.Next(1, 64), bytes.Length - first)));

            // Only the inspection: what it lets through is code, and damaged code may do anything.
            _forge.Lay(_forge.PathOf("Bad"), bytes);
            Files.PluginInspector.FindObstacle(_forge.PathOf("Bad"));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(300)]
    [InlineData(512)]
    [InlineData(1000)]
    [InlineData(2000)]
    [InlineData(-512)]
    [InlineData(-1)]
    public void A_truncated_assembly_is_broken(int length)
    {
        byte[] whole = File.ReadAllBytes(_forge.Add("Bad", Sources.Map("Bad", "bad/map")));
        _forge.Lay(_forge.PathOf("Bad"), whole[..(length > 0 ? length : whole.Length + length)]);
        RefuseBad("SKEP5103");
    }

    [Fact]
    public void A_native_library_is_broken()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        File.Copy(Path.Combine(runtime, "libSystem.Native.so"), Prepare("Bad"));
        Assert.Contains("ELF", RefuseBad("SKEP5103").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x01C4)] // ARM
    [InlineData(0xAA64 ^ 0x7B79)] // Ready-to-run for Linux on arm64, and on x64 below
    [InlineData(0x8664 ^ 0x4644)] // for macOS
    public void Another_processor_is_said(int machine)
    {
        byte[] bytes = File.ReadAllBytes(_forge.Add("Bad", Sources.Map("Bad", "bad/map")));
        int header = BitConverter.ToInt32(bytes, 0x3C) + 4;
        BitConverter.TryWriteBytes(bytes.AsSpan(header), (ushort)machine);
        _forge.Lay(_forge.PathOf("Bad"), bytes);
        Finding? finding = Files.PluginInspector.FindObstacle(_forge.PathOf("Bad"));
        bool own = (machine is (0xAA64 ^ 0x7B79) && IsProcess(System.Runtime.InteropServices.Architecture.Arm64))
            || (machine is (0x8664 ^ 0x4644) && IsProcess(System.Runtime.InteropServices.Architecture.X64));
        Assert.Equal(own ? null : "SKEP5104", finding?.Rule.Id);

        static bool IsProcess(System.Runtime.InteropServices.Architecture architecture)
            => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == architecture;
    }

    [Theory]
    [InlineData(9, 0)]
    [InlineData(0, 99)]
    public void Another_contract_version_is_refused_before_its_code_runs(int major, int minor)
    {
        const string contracts = "namespace Skep.Contracts { public interface IPlugin { void Other(); } }";
        byte[] core = PluginForge.Library("Skep.Core", $"{major}.{minor}.0.0", contracts);
        string source = "public class ThePlugin : Skep.Contracts.IPlugin { public void Other() { } }";
        _forge.Lay(_forge.PathOf("Bad"), PluginForge.Compile("Bad", source, [Microsoft.CodeAnalysis.MetadataReference.CreateFromImage(core)]));
        Finding finding = RefuseBad("SKEP5105");
        Assert.Contains($"{major}.{minor}.0.0", finding.Message, StringComparison.Ordinal);
        Assert.Contains(ContractVersion.Current.ToString(), finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_for_a_later_dotnet_is_refused()
    {
        byte[] later = PluginForge.Library("System.Runtime", "99.0.0.0", "public class Later { }");
        string source = Sources.Plugin("Bad", "", members: "public Later Field;");
        _forge.Add("Bad", source, later);
        Assert.Contains("99.0", RefuseBad("SKEP5106").Message, StringComparison.Ordinal);
    }

    private string Prepare(string name)
    {
        string path = _forge.PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private Finding RefuseBad(string rule)
    {
        _forge.Add("Good", Sources.Map("Good", "good/map"));
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root));
        Assert.Equal("Good", Assert.Single(host.Plugins).Info.Name);
        Finding finding = Assert.Single(host.Findings);
        Assert.Equal((rule, Severity.Error, "Bad", _forge.PathOf("Bad")), (finding.Rule.Id, finding.Severity, finding.Place.Plugin!, finding.Place.File!));
        return finding;
    }
}
