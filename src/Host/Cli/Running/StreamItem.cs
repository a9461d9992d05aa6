using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Cli.Running;

/// <summary>One thing that a run streams.</summary>
internal abstract record StreamItem;

/// <summary>A line that a program printed.</summary>
internal sealed record TraceItem(TraceRecord Record) : StreamItem;

/// <summary>A record that a program put into a ring buffer.</summary>
internal sealed record RingItem(LoadedMap Map, byte[] Bytes) : StreamItem;
