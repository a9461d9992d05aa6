using System.Xml.Linq;

namespace Skep.Tidy.Tests;

/// <summary>Who may reference whom (ARCHITECTURE.md).</summary>
public class ReferenceTests
{
    private static readonly string[] CompositionPackages =
        ["McMaster.NETCore.Plugins", "System.Composition", "Autofac", "Autofac.Extensions.DependencyInjection", "Microsoft.Extensions.DependencyInjection"];

    [Fact]
    public void Core_has_no_references_at_all()
    {
        Project core = Load("src/Core/Skep.Core.csproj");
        Assert.Empty(core.Projects);
        Assert.Empty(core.Packages);
    }

    [Fact]
    public void Plugins_reference_core_only_and_native_jits_their_shared_library()
    {
        foreach (Project project in Under("src/Plugins/"))
        {
            string[] allowed = project.Path.Contains("/Jit.", StringComparison.Ordinal)
                ? ["src/Core/Skep.Core.csproj", "src/Plugins/Jit.Shared/Skep.Jit.Shared.csproj"]
                : ["src/Core/Skep.Core.csproj"];
            Assert.Empty(project.Projects.Except(allowed));
            Assert.Empty(project.Packages);
        }
    }

    [Theory]
    [InlineData("src/Host/Loading/Skep.Loading.csproj", "src/Core/Skep.Core.csproj")]
    [InlineData("src/Host/Hosting/Skep.Hosting.csproj", "src/Core/Skep.Core.csproj", "src/Host/Loading/Skep.Loading.csproj")]
    [InlineData("src/Host/Hosting.Extensions/Skep.Hosting.Extensions.csproj", "src/Host/Hosting/Skep.Hosting.csproj")]
    [InlineData("src/Host/Cli/Skep.Cli.csproj", "src/Host/Hosting/Skep.Hosting.csproj")]
    public void Hosts_reference_what_lies_below_them(string path, params string[] allowed)
        => Assert.Empty(Load(path).Projects.Except(allowed));

    [Fact]
    public void What_plugin_authors_get_references_core_only_and_tests_no_runner()
    {
        Project kit = Load("plugins-sdk/Skep.Sdk.Testing/Skep.Sdk.Testing.csproj");
        Assert.Empty(kit.Projects.Except(["src/Core/Skep.Core.csproj"]));
        Assert.Empty(kit.Packages.Except(["xunit.v3.extensibility.core", "xunit.v3.assert"]));
        foreach (Project project in Under("plugins-sdk/"))
        {
            Assert.DoesNotContain(project.Projects, reference => reference.StartsWith("src/", StringComparison.Ordinal) && reference != "src/Core/Skep.Core.csproj");
        }
    }

    [Fact]
    public void Only_hosting_names_the_composition_packages()
    {
        foreach (Project project in Under("src/").Where(project => project.Path != "src/Host/Hosting/Skep.Hosting.csproj"))
        {
            Assert.Empty(project.Packages.Intersect(CompositionPackages));
        }
    }

    [Fact]
    public void Nothing_in_the_sources_references_a_plugin()
    {
        foreach (Project project in Under("src/").Where(project => !project.Path.Contains("/Jit.", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain(project.Projects, reference => reference.StartsWith("src/Plugins/", StringComparison.Ordinal));
        }
    }

    /// <summary>What a compiler loads brings nothing along, and what the package refers to is what it depends on.</summary>
    [Fact]
    public void The_sdk_references_core_and_its_generator_the_compiler()
    {
        Project sdk = Load("plugins-sdk/Skep.Sdk/Skep.Sdk.csproj");
        Assert.Equal(["src/Core/Skep.Core.csproj"], sdk.Projects);
        Assert.Empty(sdk.Packages);
        Project generator = Load("plugins-sdk/Skep.Sdk.Generator/Skep.Sdk.Generator.csproj");
        Assert.Empty(generator.Projects);
        Assert.Equal(["Microsoft.CodeAnalysis.CSharp"], generator.Packages);
    }

    [Fact]
    public void Plugins_are_compiled_with_the_generator_of_the_sdk_and_no_other_analyzer()
    {
        foreach (Project project in Under("src/").Where(project => project.Analyzers.Length > 0))
        {
            Assert.StartsWith("src/Plugins/", project.Path, StringComparison.Ordinal);
            Assert.Equal(["plugins-sdk/Skep.Sdk.Generator/Skep.Sdk.Generator.csproj"], project.Analyzers);
        }
    }

    [Fact]
    public void Versions_are_central_and_locked()
    {
        foreach (Project project in Under(""))
        {
            Assert.DoesNotContain(project.Document.Descendants("PackageReference"), reference => reference.Attribute("Version") is not null);
            string directory = Path.GetDirectoryName(project.Path) ?? "";
            Assert.True(Repository.Exists($"{directory}/packages.lock.json"), $"{project.Path} has no packages.lock.json beside it: run dotnet restore and commit it.");
        }
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Read("Framework.sln").Replace('\\', '/');
        foreach (Project project in Under("src/").Concat(Under("tests/")).Concat(Under("benchmarks/")).Concat(Under("plugins-sdk/Skep.")))
        {
            Assert.Contains(project.Path, solution, StringComparison.Ordinal);
        }
    }

    /// <summary>What a third party wrote is a solution of its own, for which no rule of this one holds.</summary>
    private static IEnumerable<Project> Under(string folder)
        => Repository.WithEnding(".csproj")
            .Where(path => path.StartsWith(folder, StringComparison.Ordinal)
                && !path.Contains("TestPlugins/", StringComparison.Ordinal) && !path.StartsWith("samples/third-party/", StringComparison.Ordinal))
            .Select(Load);

    private static Project Load(string path)
    {
        XDocument document = XDocument.Parse(Repository.Read(path));
        string directory = Path.GetDirectoryName(Path.Combine(Repository.Root, path))!;
        string[] projects = References(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false");
        string[] analyzers = References(reference => (string?)reference.Attribute("OutputItemType") == "Analyzer");
        string[] packages = [.. document.Descendants("PackageReference").Select(reference => (string)reference.Attribute("Include")!)];
        return new Project(path, document, projects, analyzers, packages);

        string[] References(Func<XElement, bool> isWanted) =>
        [
            .. document.Descendants("ProjectReference").Where(reference => reference.Attribute("Include") is not null).Where(isWanted)
                .Select(reference => Path.GetFullPath(Path.Combine(directory, (string)reference.Attribute("Include")!)))
                .Select(full => Path.GetRelativePath(Repository.Root, full).Replace('\\', '/')),
        ];
    }

    private sealed record Project(string Path, XDocument Document, string[] Projects, string[] Analyzers, string[] Packages);
}
