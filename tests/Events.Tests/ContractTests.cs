using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.ProgramTypes;
using Skep.Testing;

namespace Skep.Events.Tests;

/// <summary>Timers, and the program types of events, keep their contracts on every engine.</summary>
public static class ContractTests
{
    private static IJitBackend[] Engines => [new Jit.X64.X64Backend(), new Jit.Cil.CilBackend()];

    private static byte[] Bytes(params ulong[] words) => MemoryMarshal.AsBytes<ulong>(words).ToArray();

    public sealed class Timer : AttachPointContract
    {
        private const long Second = 1_000_000_000;

        private readonly FakeClock _clock = new();

        protected override IProgramType ProgramType => new TimerProgramType();

        protected override string Target => "1s";

        protected override IEnumerable<string> BadTargets => ["", "1", "s", "1 s", "-1s", "1.5s", "0s", "99us", "25h", "99999999999999999999h", "\0"];

        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override int OpenResources => _clock.LiveTimers;

        protected override IAttachPoint Create() => new TimerAttachPoint(_clock);

        protected override void Cause() => _clock.Advance(Second);
    }

    public sealed class TimerType : ProgramTypeContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override IEnumerable<SampleEvent> Events =>
            [new(Bytes(0x0102_0304_0506_0708, 2, 3), new Dictionary<string, ulong> { ["scheduled_ns"] = 0x0102_0304_0506_0708, ["ticks"] = 2, ["missed"] = 3 })];

        protected override IProgramType Create() => new TimerProgramType();
    }

    public sealed class Tracepoint : ProgramTypeContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override IEnumerable<SampleEvent> Events => [new(Bytes(1, 2, 3, ulong.MaxValue))];

        protected override IProgramType Create() => new TracepointType();
    }

    public sealed class RawTracepoint : ProgramTypeContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override IEnumerable<SampleEvent> Events => [new(Bytes([.. Enumerable.Range(1, 12).Select(i => (ulong)i)]))];

        protected override IProgramType Create() => new RawTracepointType();
    }

    public sealed class PerfEvent : ProgramTypeContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override IEnumerable<SampleEvent> Events => [new(new byte[512])];

        protected override IProgramType Create() => new PerfEventType();
    }

    public sealed class Raw : ProgramTypeContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override IEnumerable<SampleEvent> Events => [new(Bytes(1, 2, 3))];

        protected override IProgramType Create() => new RawType();
    }

    public sealed class TracingPlugin : PluginContract
    {
        protected override IPlugin Create() => new TracingProgramsPlugin();
    }

    public sealed class RawPlugin : PluginContract
    {
        protected override IPlugin Create() => new RawProgramsPlugin();
    }

    public sealed class TimerPlugin : PluginContract
    {
        protected override IPlugin Create() => new TimerEventsPlugin();
    }
}
