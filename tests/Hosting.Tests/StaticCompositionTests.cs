using System.Diagnostics;
using Skep.Hosting.Manifest;
using Skep.Hosting.Tests.Samples;
using Skep.Hosting.Tests.Support;

namespace Skep.Hosting.Tests;

/// <summary>Plugins of the process itself: as folders give them, without files and without what loads files.</summary>
public sealed class StaticCompositionTests
{
    [Fact]
    public void Static_and_folder_composition_come_to_the_same()
    {
        using var forge = new PluginForge();
        forge.Add("Sample", Sources.Sample);
        using SkepHost fromFolder = SkepHost.Create(skep => skep.AddPluginFolder(forge.Root));
        using SkepHost fromType = SkepHost.Create(skep => skep.AddPlugin<SamplePlugin>());
        using SkepHost fromObject = SkepHost.Create(skep => skep.AddPlugin(new SamplePlugin()));

        string expected = Json(fromFolder);
        Assert.Equal(expected, Json(fromType));
        Assert.Equal(expected, Json(fromObject));
        Assert.Null(fromType.Plugins[0].Origin);
        Assert.Null(fromType.Plugins[0].Probe);
        Assert.Equal(fromFolder.Runtime.Registry.Helpers.Select(helper => helper.Descriptor.Name), fromType.Runtime.Registry.Helpers.Select(helper => helper.Descriptor.Name));

        static string Json(SkepHost host)
        {
            Assert.Empty(host.Findings);
            return ManifestPrinter.ToJson(host.Plugins.Select(plugin => plugin.Manifest with { Origin = null }));
        }
    }

    [Fact]
    public void The_same_plugin_twice_is_a_clash()
    {
        using SkepHost host = SkepHost.Create(skep => skep.AddPlugin<SamplePlugin>().AddPlugin<SamplePlugin>());
        Assert.Single(host.Plugins);
        Assert.All(host.Findings, finding => Assert.Equal("SKEP5001", finding.Rule.Id));
        Assert.NotEmpty(host.Findings);
    }

    [Fact]
    public void Static_composition_loads_nothing_that_loads_files()
    {
        string output = RunStartup();
        Assert.Contains("loaded Autofac", output, StringComparison.Ordinal);
        Assert.DoesNotContain("McMaster", output, StringComparison.Ordinal);
        Assert.DoesNotContain("System.Composition", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.Extensions", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_composition_loads_no_parser_of_json()
    {
        using var forge = new PluginForge();
        forge.Add("Sample", Sources.Sample);
        File.WriteAllText(Path.Combine(forge.Root, "Sample", "Sample.runtimeconfig.json"), """{ "runtimeOptions": { } }""");
        string output = RunStartup(forge.Root);
        Assert.Contains("loaded McMaster.NETCore.Plugins", output, StringComparison.Ordinal);
        Assert.DoesNotContain("System.Text.Json", output, StringComparison.Ordinal);
        Assert.DoesNotContain("SKEP", output, StringComparison.Ordinal);
    }

    private static string RunStartup(params string[] arguments)
    {
        string dll = Path.Combine(AppContext.BaseDirectory, "skep-startup.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [dll, .. arguments]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
