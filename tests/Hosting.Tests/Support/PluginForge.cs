using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Skep.Contracts;

namespace Skep.Hosting.Tests.Support;

/// <summary>A temporary folder of plugins that are compiled on the spot.</summary>
internal sealed class PluginForge : IDisposable
{
    private static readonly MetadataReference[] Framework = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(path => Path.GetFileName(path) is { } file && (file.StartsWith("System.", StringComparison.Ordinal) || file.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)))
        .Select(path => MetadataReference.CreateFromFile(path))];

    private static readonly MetadataReference Core = MetadataReference.CreateFromFile(typeof(IPlugin).Assembly.Location);

    /// <summary>What every plugin references.</summary>
    public static IReadOnlyList<MetadataReference> Contracts => [Core];

    public PluginForge() => Root = Directory.CreateTempSubdirectory("skep-plugins-").FullName;

    public string Root { get; }

    /// <summary>The path that a plugin has or would have.</summary>
    public string PathOf(string name) => Path.Combine(Root, name, name + ".dll");

    /// <summary>Compiles a plugin into its place.</summary>
    /// <param name="references">Images of further assemblies; not laid beside the plugin.</param>
    public string Add(string name, string source, params byte[][] references)
        => Lay(PathOf(name), Compile(name, source, [Core, .. references.Select(image => MetadataReference.CreateFromImage(image))]));

    /// <summary>Puts bytes where a plugin is expected.</summary>
    public string Lay(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public string Lay(string path, string content) => Lay(path, System.Text.Encoding.UTF8.GetBytes(content));

    /// <summary>Compiles a library that knows nothing of Skep.</summary>
    public static byte[] Library(string name, string version, string source, bool withFramework = true)
        => Compile(name, $"[assembly: System.Reflection.AssemblyVersion(\"{version}\")]\n{source}", [], withFramework);

    public static byte[] Compile(string name, string source, IEnumerable<MetadataReference> references, bool withFramework = true)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(source)],
            withFramework ? [.. Framework, .. references] : references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        return result.Success ? image.ToArray() : throw new InvalidOperationException(string.Join('\n', result.Diagnostics));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
