using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Cli.Running;

/// <summary>Moves the records of ring buffers into the stream while programs run, and the last ones when they have stopped.</summary>
internal sealed class RingReaders : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly EventStream _stream;
    private readonly Task[] _readers;

    public RingReaders(IEnumerable<LoadedMap> maps, EventStream stream)
    {
        _stream = stream;
        _readers = [.. maps.Where(map => map.Map is IRingBufferMap).Select(map => Task.Run(() => ReadAsync(map)))];
    }

    /// <summary>Ends when every record that is in the buffers now is in the stream.</summary>
    public async Task FinishAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_readers).ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();

    private async Task ReadAsync(LoadedMap map)
    {
        var ring = (IRingBufferMap)map.Map;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ring.WaitAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await MoveAsync(map, ring).ConfigureAwait(false);
        }

        await MoveAsync(map, ring).ConfigureAwait(false);
    }

    private async Task MoveAsync(LoadedMap map, IRingBufferMap ring)
    {
        var records = new List<RingItem>();
        ring.Consume(record => records.Add(new RingItem(map, record.ToArray())));
        foreach (RingItem record in records)
        {
            await _stream.WriteAsync(record).ConfigureAwait(false);
        }
    }
}
