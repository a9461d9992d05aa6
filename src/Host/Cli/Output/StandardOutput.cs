using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Skep.Cli.Output;

/// <summary>The reader of standard output has gone, as in <c>skep run … | head</c>: nobody is left to tell anything.</summary>
internal sealed class OutputClosedException(IOException cause) : IOException(cause.Message, cause);

/// <summary>Standard output as a buffered writer that tells when its reader has gone.</summary>
internal static class StandardOutput
{
    private const int BufferBytes = 16 * 1024;
    private const nint Descriptor = 1;

    public static StreamWriter Open()
        => new(new ClosableStream(OpenStream()), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferBytes) { NewLine = "\n" };

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

    /// <summary>Throws once when the reader has gone, and is silent after that, so that disposing writers is safe.</summary>
    private sealed class ClosableStream(Stream inner) : Stream
    {
        private bool _isClosed;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (_isClosed)
            {
                return;
            }

            try
            {
                inner.Write(buffer);
            }
            catch (IOException exception)
            {
                _isClosed = true;
                throw new OutputClosedException(exception);
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
