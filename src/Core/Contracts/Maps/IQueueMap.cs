namespace Skep.Contracts;

/// <summary>A map without keys: queue, stack, bloom filter. Members return 0 or a negative errno.</summary>
public unsafe interface IQueueMap : IMap
{
    long Push(byte* value, ulong flags);

    long Pop(byte* value);

    long Peek(byte* value);
}
