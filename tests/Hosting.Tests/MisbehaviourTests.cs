using Skep.Findings;
using Skep.Hosting.Tests.Support;

namespace Skep.Hosting.Tests;

/// <summary>Plugins that throw, hang or miss something, each at every step: a finding that names the step, and the others work.</summary>
public sealed class MisbehaviourTests : IDisposable
{
    private const string Throw = "throw new InvalidOperationException(\"on purpose\");";
    private readonly PluginForge _forge = new();

    public static TheoryData<string, string, string> Throwing => new()
    {
        { Sources.Plugin("Bad", "", constructor: Throw), "SKEP5109", "its constructor failed with InvalidOperationException: on purpose" },
        { Sources.Plugin("Bad", "", info: "throw new InvalidOperationException(\"on purpose\")"), "SKEP5109", "Info failed with InvalidOperationException: on purpose" },
        { Sources.Plugin("Bad", "", info: "null"), "SKEP5109", "name, version or description is missing" },
        { Sources.Plugin("Bad", "", info: "new PluginInfo(\" \", new Version(1, 0), \"\")"), "SKEP5109", "name, version or description is missing" },
        { Sources.Plugin("Bad", Throw), "SKEP5109", "Register failed with InvalidOperationException: on purpose" },
        { Sources.Plugin("Bad", "throw new Rude();") + "public sealed class Rude : Exception { public override string Message => throw new Exception(); }", "SKEP5109", "Register failed with Rude" },
        { Sources.Map("Bad", "bad/map", onMake: Throw), "SKEP5111", "the constructor of TheMap failed with InvalidOperationException: on purpose" },
        { Sources.Map("Bad", "bad/map", onMake: "Descriptor = null;"), "SKEP5002", "the descriptor of TheMap is null" },
        { Sources.Map("Bad", "bad/map", "IDisposable something"), "SKEP5112", "System.IDisposable something" },
        { Sources.Map("Bad", "bad/map", "IServiceProvider services"), "SKEP5112", "IServiceProvider" },
        { Sources.Plugin("Bad", "registry.AddHelperSet<Set>();") + "public sealed class Set : IHelperSet { public HelperSetDescriptor Descriptor => throw new Exception(\"on purpose\"); public HelperFunction GetFunction(HelperDescriptor helper) => null; }", "SKEP5002", "on purpose" },
        { Sources.Plugin("Bad", "", members: "static ThePlugin() { throw new InvalidOperationException(\"on purpose\"); }"), "SKEP5109", "on purpose" },
    };

    public void Dispose() => _forge.Dispose();

    [Theory]
    [MemberData(nameof(Throwing))]
    public void What_throws_is_left_out(string source, string rule, string telling)
    {
        Finding finding = RefuseBad(source, rule);
        Assert.Contains(telling, finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Register")]
    [InlineData("its constructor")]
    [InlineData("making its providers")]
    public void What_never_returns_is_left_behind(string where)
    {
        const string Hang = "new System.Threading.ManualResetEvent(false).WaitOne();";
        string source = where switch
        {
            "Register" => Sources.Plugin("Bad", Hang),
            "its constructor" => Sources.Plugin("Bad", "", constructor: Hang),
            _ => Sources.Map("Bad", "bad/map", onMake: Hang),
        };
        Finding finding = RefuseBad(source, "SKEP5110", TimeSpan.FromMilliseconds(400));
        Assert.Equal($"{where} did not return within 0.4 s", finding.Message);
    }

    [Theory]
    [InlineData("new Needed.Thing();", "")]
    [InlineData("", "public Needed.Thing Field = new Needed.Thing();")]
    public void A_missing_dependency_is_named(string register, string member)
    {
        byte[] needed = PluginForge.Library("Needed", "3.1.0.0", "namespace Needed { public class Thing { } }");
        _forge.Add("Bad", Sources.Plugin("Bad", register, members: member), needed);
        Finding finding = RefuseBad(null, "SKEP5108");
        Assert.Contains("Needed, Version=3.1.0.0", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_base_class_of_an_exported_type_is_a_missing_dependency()
    {
        byte[] needed = PluginForge.Library("Needed", "3.1.0.0", "namespace Needed { public class Thing { } }");
        _forge.Add("Bad", Sources.Plugin("Bad", "") + "public class Derived : Needed.Thing { }", needed);
        RefuseBad(null, "SKEP5108");
    }

    [Fact]
    public void A_provider_that_throws_on_its_way_out_is_a_finding_and_does_not_stop_the_others()
    {
        string leaving = Sources.Map("Bad", "bad/map").Replace(
            "public sealed class TheMap : IMapType\n{", "public sealed class TheMap : IMapType, IDisposable\n{ public void Dispose() { throw new Exception(\"on purpose\"); }", StringComparison.Ordinal);
        _forge.Add("Bad", leaving);
        SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root));
        Assert.Empty(host.Findings);
        host.Dispose();
        Finding finding = Assert.Single(host.Findings);
        Assert.Equal(("SKEP5115", "Bad"), (finding.Rule.Id, finding.Place.Plugin!));
        Assert.Contains("on purpose", finding.Message, StringComparison.Ordinal);
    }

    private Finding RefuseBad(string? source, string rule, TimeSpan? deadline = null)
    {
        if (source is not null)
        {
            _forge.Add("Bad", source);
        }

        _forge.Add("Good", Sources.Map("Good", "good/map"));
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root).CallDeadline(deadline ?? TimeSpan.FromSeconds(20)));
        Finding finding = Assert.Single(host.Findings);
        Assert.Equal((rule, "Bad", _forge.PathOf("Bad")), (finding.Rule.Id, finding.Place.Plugin!, finding.Place.File!));
        Assert.Equal("Good", Assert.Single(host.Plugins).Info.Name);
        return finding;
    }
}
