using System.Threading.Channels;
using Skep.Contracts;

namespace Skep.Cli.Running;

/// <summary>
/// What programs print and send, on its way to the terminal. Programs never wait for it: a line that finds it full is dropped and counted. Ring
/// buffers hold what they have and count what they drop themselves, so their readers do wait.
/// </summary>
internal sealed class EventStream : ITraceOutput
{
    /// <summary>A second of a busy program's lines, about 30 MB at worst.</summary>
    private const int Capacity = 65_536;

    private readonly Channel<StreamItem> _channel = Channel.CreateBounded<StreamItem>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private long _dropped;

    /// <summary>Lines that were dropped because the reader was behind.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public ChannelReader<StreamItem> Reader => _channel.Reader;

    public void Write(in TraceRecord record)
    {
        if (!_channel.Writer.TryWrite(new TraceItem(record)))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    public ValueTask WriteAsync(RingItem item) => _channel.Writer.WriteAsync(item);

    /// <summary>Nothing comes any more.</summary>
    public void Complete() => _channel.Writer.TryComplete();
}
