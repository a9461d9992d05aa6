using Skep.Findings;
using Skep.Programs;

namespace Skep.Loading;

/// <summary>
/// Opens eBPF object files: ELF64, little-endian, as clang 14 to 19 write them. Nothing but findings comes out of bad
/// input, and memory stays in proportion to the file. Safe for any number of threads.
/// </summary>
public static class ObjectFile
{
    /// <summary>Reads the file at <paramref name="path"/>; the path is also the object's name.</summary>
    public static Result<ObjectSpec> Open(string path, LoadingLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        limits ??= LoadingLimits.Default;
        var context = new LoadingContext(path, limits);
        byte[]? image = ReadFile(path, context);
        return image is null ? context.Findings.ToResult<ObjectSpec>(null) : Read(image, path, limits);
    }

    /// <param name="image">The file's bytes; not kept after the call, and not to be changed during it.</param>
    /// <param name="name">What findings and dumps call the object.</param>
    /// <param name="limits">The default ones where null.</param>
    public static Result<ObjectSpec> Read(ReadOnlyMemory<byte> image, string name, LoadingLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var context = new LoadingContext(name, limits ?? LoadingLimits.Default);
        ObjectSpec? spec = new ObjectReader(context).Read(image);
        return context.Findings.ToResult(spec);
    }

    private static byte[]? ReadFile(string path, LoadingContext context)
    {
        try
        {
            if (Directory.Exists(path))
            {
                context.Error(LoadingRules.FileNotReadable, "this is a directory", offset: null);
                return null;
            }

            using FileStream stream = File.OpenRead(path);
            if (!context.IsWithin(stream.Length, context.Limits.ObjectBytes, nameof(LoadingLimits.ObjectBytes)))
            {
                return null;
            }

            var image = new byte[(int)stream.Length];
            stream.ReadExactly(image);
            return image;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            context.Error(LoadingRules.FileNotReadable, exception.Message);
            return null;
        }
    }
}
