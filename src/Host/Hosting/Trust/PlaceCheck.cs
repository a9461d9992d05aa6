using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Skep.Findings;

namespace Skep.Hosting.Trust;

/// <summary>
/// Whether others than the user and root can change what lies at a path. Looks at the file, its folder and all folders above, links followed. A folder with the sticky bit
/// (<c>/tmp</c>) may be above: there nobody can replace what belongs to another. On Windows nothing is looked at.
/// </summary>
public static unsafe partial class PlaceCheck
{
    private const int MaxLinks = 16;

    /// <param name="owners">Whether the owner must be the user or root, too; looked at on Linux only.</param>
    /// <returns>Null when all is well, or when there is nothing at the path.</returns>
    public static Finding? FindObstacle(string path, bool owners)
        => OperatingSystem.IsWindows() ? null : FindObstacle(Path.GetFullPath(path), owners, MaxLinks, new Place { File = path });

    [UnsupportedOSPlatform("windows")]
    private static Finding? FindObstacle(string path, bool owners, int links, Place place)
    {
        // Two nearest: the file itself and its folder, in which a new file could be laid, sticky or not.
        int depth = 0;
        for (string? part = path; part is not null; part = Path.GetDirectoryName(part), depth++)
        {
            if (!Path.Exists(part))
            {
                continue;
            }

            FileSystemInfo info = Directory.Exists(part) ? new DirectoryInfo(part) : new FileInfo(part);
            if (info.LinkTarget is not null && info.ResolveLinkTarget(returnFinalTarget: false) is { } target)
            {
                if (links == 0)
                {
                    return TrustRules.OpenPlace.Error(place, $"{part} is a link to a link, more than {MaxLinks} deep");
                }

                // What is inside of a folder that is linked to has it for its folder.
                string beyond = depth == 0 ? target.FullName : Path.Combine(target.FullName, Path.GetRelativePath(part, path));
                return FindObstacle(beyond, owners, links - 1, place) ?? FindObstacle(Path.GetDirectoryName(part)!, owners, links, place);
            }

            UnixFileMode mode = File.GetUnixFileMode(part);
            bool excused = depth > 1 && mode.HasFlag(UnixFileMode.StickyBit);
            if (mode.HasFlag(UnixFileMode.OtherWrite) && !excused)
            {
                return TrustRules.OpenPlace.Error(place, $"everybody can write to {part} (mode {Convert.ToString((int)mode, 8)})");
            }

            if (owners && OwnerOf(part) is { } owner && owner != 0 && owner != GetUser())
            {
                return TrustRules.OpenPlace.Error(place, $"{part} belongs to user {owner}; expected root or user {GetUser()}", "Change the owner (`chown`), or move the plugin to where only you and root can write.");
            }
        }

        return null;
    }

    /// <summary>Null where it cannot be told.</summary>
    private static uint? OwnerOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        // struct statx is the same on every processor (linux/stat.h): stx_uid is at 20, and STATX_UID is 8.
        const uint OwnerMask = 8;
        const int OwnerOffset = 20;
        const int Here = -100; // AT_FDCWD
        byte* result = stackalloc byte[256];
        return GetStatus(Here, path, 0, OwnerMask, result) == 0 ? *(uint*)(result + OwnerOffset) : null;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetUser();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int folder, string path, int flags, uint mask, byte* result);
}
