using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Skep.Cli.Output;

/// <summary>Standard output as a buffered writer that tells when its reader has gone.</summary>
internal static class StandardOutput
{
    private const int BufferBytes = 16 * 1024;
    private const nint Descriptor = 1;

    public static StreamWriter Open() => new(OpenStream(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferBytes) { NewLine = "\n" };

    /// <summary>
    /// .NET's console stream swallows EPIPE, and `skep run … | head` would run on for ever; a file stream throws. It keeps its own position though,
    /// so a regular file, which others may append to as well, goes through the console stream.
    /// </summary>
    private static Stream OpenStream()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        try
        {
            var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return stream.CanSeek ? Console.OpenStandardOutput() : stream;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Console.OpenStandardOutput();
        }
    }
}
