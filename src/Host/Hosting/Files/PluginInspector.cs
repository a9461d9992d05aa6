using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Findings;

namespace Skep.Hosting.Files;

/// <summary>
/// Looks at a plugin's file as data, before any of its code can run: that it is whole, that it is for this processor, this .NET and these
/// contracts. What it lets through may still fail to load; that is then found by the runtime.
/// </summary>
internal static class PluginInspector
{
    private const string ContractAssembly = "Skep.Core";
    private const string FrameworkAssembly = "System.Runtime";

    /// <summary>What a ready-to-run image's machine is combined with, by operating system (src/coreclr/inc/pedecoder.h: IMAGE_FILE_MACHINE_OS_MASK_*).</summary>
    private static readonly ushort[] SystemMasks = [0, 0x7B79, 0x4644, 0xADC4, 0x1993, 0x1992];

    private static readonly (Machine Machine, Architecture Architecture)[] Machines =
    [
        (Machine.Amd64, Architecture.X64),
        (Machine.Arm64, Architecture.Arm64),
        (Machine.ArmThumb2, Architecture.Arm),
        (Machine.I386, Architecture.X86),
        (Machine.LoongArch64, Architecture.LoongArch64),
        (Machine.RiscV64, Architecture.RiscV64),
    ];

    /// <param name="origin">What findings call the file; null for <paramref name="path"/>.</param>
    /// <returns>Null when the file is worth loading.</returns>
    public static Finding? FindObstacle(string path, string? origin = null)
    {
        var place = new Place { File = origin ?? path, Plugin = Path.GetFileNameWithoutExtension(path) };
        try
        {
            using FileStream file = File.OpenRead(path);
            return InspectImage(file, place);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return PluginRules.FileMissing.Error(place, "there is no such file");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return PluginRules.Broken.Error(place, $"the file cannot be read: {exception.Message}");
        }
        catch (Exception exception) when (exception is BadImageFormatException or InvalidOperationException or ArgumentException or OverflowException)
        {
            return PluginRules.Broken.Error(place, $"the file is damaged: {exception.Message}");
        }
    }

    private static Finding? InspectImage(FileStream file, Place place)
    {
        if (DescribeForeign(file) is { } foreign)
        {
            return PluginRules.Broken.Error(place, foreign);
        }

        using var image = new PEReader(file);
        PEHeaders headers = image.PEHeaders;
        long needed = headers.SectionHeaders.Max(static section => (long)section.PointerToRawData + section.SizeOfRawData);
        if (needed > file.Length)
        {
            return PluginRules.Broken.Error(place, $"the file is cut short: it has {file.Length} bytes, its sections need {needed}");
        }

        if (!image.HasMetadata)
        {
            return PluginRules.Broken.Error(place, "the file is a native Windows binary, not a .NET assembly");
        }

        if (FindOtherArchitecture(headers) is { } architecture)
        {
            return PluginRules.WrongArchitecture.Error(place, $"the assembly is for {architecture}, the host runs on {RuntimeInformation.ProcessArchitecture}");
        }

        MetadataReader metadata = image.GetMetadataReader();
        return metadata.IsAssembly
            ? InspectReferences(metadata, place)
            : PluginRules.Broken.Error(place, "the file is a .NET module, not an assembly");
    }

    private static Finding? InspectReferences(MetadataReader metadata, Place place)
    {
        Version? contract = null;
        Version? framework = null;
        foreach (AssemblyReferenceHandle handle in metadata.AssemblyReferences)
        {
            AssemblyReference reference = metadata.GetAssemblyReference(handle);
            if (metadata.StringComparer.Equals(reference.Name, ContractAssembly))
            {
                contract = reference.Version;
            }
            else if (metadata.StringComparer.Equals(reference.Name, FrameworkAssembly))
            {
                framework = reference.Version;
            }
        }

        if (contract is null)
        {
            return PluginRules.NoPlugin.Error(place, $"the assembly does not reference {ContractAssembly}, so it has no IPlugin");
        }

        if (!ContractVersion.IsCompatible(contract, ContractVersion.Current))
        {
            return PluginRules.WrongContract.Error(place, $"built against {ContractAssembly} {contract}, the host has {ContractVersion.Current}");
        }

        return framework is not null && framework.Major > Environment.Version.Major
            ? PluginRules.WrongFramework.Error(place, $"built for .NET {framework.Major}.{framework.Minor}, the host runs on {Environment.Version}")
            : null;
    }

    /// <summary>What the file is when its first bytes already say that it is no assembly; leaves the position at the start.</summary>
    private static string? DescribeForeign(FileStream file)
    {
        Span<byte> start = stackalloc byte[4];
        int count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return count switch
        {
            0 => "the file is empty",
            >= 2 when start[..2].SequenceEqual("MZ"u8) => null,
            4 when start.SequenceEqual("\u007fELF"u8) => "the file is a native ELF binary, not a .NET assembly",
            _ => "the file is not a .NET assembly: it does not start with MZ",
        };
    }

    /// <returns>Null when the image runs here, or when its machine is not known and the runtime decides.</returns>
    private static Architecture? FindOtherArchitecture(PEHeaders headers)
    {
        CorFlags flags = headers.CorHeader?.Flags ?? 0;
        if (headers.CoffHeader.Machine == Machine.I386 && (flags & CorFlags.Requires32Bit) == 0)
        {
            return null; // AnyCPU
        }

        foreach (ushort mask in SystemMasks)
        {
            foreach ((Machine machine, Architecture architecture) in Machines)
            {
                if ((ushort)headers.CoffHeader.Machine == (ushort)((ushort)machine ^ mask))
                {
                    return architecture == RuntimeInformation.ProcessArchitecture ? null : architecture;
                }
            }
        }

        return null;
    }
}
