using System.Runtime.InteropServices;

namespace Skep.Events.Interop;

/// <summary>struct perf_event_attr of linux/perf_event.h up to version 5 (Linux 4.1 and later know it); members that are not used are left out.</summary>
[StructLayout(LayoutKind.Explicit, Size = StructSize)]
internal struct PerfEventAttributes
{
    public const int StructSize = 112;
    public const uint TypeTracepoint = 2;
    public const int ClockMonotonic = 1;

    public const ulong SampleTid = 1 << 1;
    public const ulong SampleTime = 1 << 2;
    public const ulong SampleCpu = 1 << 7;
    public const ulong SampleRaw = 1 << 10;

    /// <summary>read(2) gives the events that the ring had no room for (Linux 6.0).</summary>
    public const ulong ReadLost = 1 << 4;

    public const ulong FlagDisabled = 1 << 0;
    public const ulong FlagWatermark = 1 << 14;
    public const ulong FlagUseClockId = 1 << 25;

    [FieldOffset(0)]
    public uint Type;

    [FieldOffset(4)]
    public uint Size;

    [FieldOffset(8)]
    public ulong Config;

    [FieldOffset(16)]
    public ulong SamplePeriod;

    [FieldOffset(24)]
    public ulong SampleType;

    [FieldOffset(32)]
    public ulong ReadFormat;

    [FieldOffset(40)]
    public ulong Flags;

    /// <summary>Wakes after so many events, or after so many bytes with <see cref="FlagWatermark"/>.</summary>
    [FieldOffset(48)]
    public uint Wakeup;

    [FieldOffset(92)]
    public int ClockId;
}
