using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution.Calls;
using Skep.Execution.Engines;
using Skep.Execution.Native;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution.Native;

/// <summary>The way from a run into machine code, from there to helpers, and back into the program.</summary>
public sealed unsafe class NativeEngineTests : IDisposable
{
    private const int HelperNumber = 10;

    // Calls helper 0 with what it was given, and returns what that returns plus one.
    private static readonly byte[] CallHelper =
    [
        0x53, // push rbx
        0x48, 0x89, 0xfb, // mov rbx, rdi
        0xc7, 0x47, InvocationLayout.Slot, 0, 0, 0, 0, // mov dword [rdi + Slot], 0
        0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, // mov rax, cell
        0xff, 0x10, // call [rax]
        0x48, 0x8d, 0x40, 0x01, // lea rax, [rax + 1]
        0x5b, // pop rbx
        0xc3, // ret
    ];

    // A function that helpers call: its first argument plus two.
    private static readonly byte[] Callback = [0x48, 0x8d, 0x46, 0x02, 0xc3];

    private readonly CodeArena _arena = new(Limits.Default, CodeArenaOptions.Default);

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void Code_gets_the_context_and_its_result_comes_back()
    {
        // lea rax, [rsi + 5]; ret
        using LoadedProgram program = Load(TestProgram.From("r0 = 0\nexit"), [0x48, 0x8d, 0x46, 0x05, 0xc3]);
        Assert.Equal("test", program.Engine);
        Assert.Equal(47UL, program.Run(new ProgramEntry(42, 0, default)).Value);
    }

    [Fact]
    public void Code_calls_helpers_and_they_call_back()
    {
        TestProgram source = WithHelper((invocation, r1, _, _, _, _) => 10 * Invocation.Call(invocation, FunctionAddress.Of(3), r1));
        using LoadedProgram program = Load(source, CallHelper);
        Assert.Equal(new RunResult(10 * (42 + 2) + 1, Trap.None), program.Run(new ProgramEntry(42, 0, default)));
    }

    [Fact]
    public void What_a_helper_throws_is_its_error_value_and_is_counted()
    {
        using LoadedProgram program = Load(WithHelper((_, _, _, _, _, _) => throw new InvalidOperationException("no")), CallHelper);
        Assert.Equal(new RunResult(Errno.EFAULT.ToProgram() + 1, Trap.None), program.Run(new ProgramEntry(42, 0, default)));
        Assert.Equal(1, program.Statistics.HelperFaults);
    }

    [Fact]
    public void A_callback_without_fuel_ends_the_run()
    {
        TestProgram source = WithHelper((invocation, r1, _, _, _, _) => Invocation.Call(invocation, FunctionAddress.Of(3), r1));
        using LoadedProgram program = Load(source with { Limits = new Limits { MaxFuel = 19 } }, CallHelper);
        Assert.Equal(new RunResult(0, new Trap(TrapKind.FuelExhausted, new SlotIndex(0))), program.Run(default));
    }

    [Fact]
    public void A_value_that_is_no_function_of_the_program_is_not_called()
    {
        TestProgram source = WithHelper((invocation, r1, _, _, _, _) => Invocation.Call(invocation, FunctionAddress.Of(2), r1));
        using LoadedProgram program = Load(source, CallHelper);
        Assert.Equal(TrapKind.InvalidInstruction, program.Run(default).Trap.Kind);
    }

    [Fact]
    public void The_places_that_code_knows_are_where_the_core_has_them()
    {
        Invocation invocation = default;
        invocation.Packet = new MemoryRegion(0x1111, 0x2222, MemoryAccess.ReadWrite);
        invocation.Fuel = 3;
        invocation.TrapAddress = 4;
        invocation.Slot = 5;
        invocation.TrapKind = TrapKind.CallDepth;
        byte* start = (byte*)&invocation;
        Assert.Equal(3UL, *(ulong*)(start + InvocationLayout.Fuel));
        Assert.Equal(4UL, *(ulong*)(start + InvocationLayout.TrapAddress));
        Assert.Equal(5, *(int*)(start + InvocationLayout.Slot));
        Assert.Equal((byte)TrapKind.CallDepth, start[InvocationLayout.TrapKind]);
        Assert.Equal(0x1111, *(nint*)(start + InvocationLayout.PacketAddress));
        Assert.Equal(0x2222, *(nint*)(start + InvocationLayout.PacketLength));
        Assert.Equal((byte)MemoryAccess.ReadWrite, start[InvocationLayout.PacketAccess]);

        EventOrigin origin = new() { IsKnown = true, ProcessId = 0x1010101, ThreadId = 0x2020202, Cpu = 0x3030303 };
        invocation.Begin(body: 0, &origin);
        byte* known = *(byte**)(start + InvocationLayout.Origin);
        Assert.Equal(1, known[InvocationLayout.OriginIsKnown]);
        Assert.Equal(0x3030303, *(int*)(known + InvocationLayout.OriginCpu));
    }

    private static TestProgram WithHelper(HelperFunction function)
    {
        var descriptor = new HelperDescriptor("helper") { Number = new HelperNumber(HelperNumber), Arguments = [new(HelperArgumentKind.Function, "callback")] };
        return TestProgram.From("call helper#10\nexit") with { Helpers = [new TestHelper(descriptor, function)] };
    }

    private LoadedProgram Load(TestProgram source, byte[] main)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64 && !OperatingSystem.IsWindows(), "the code is for x86-64 and its C convention on Unix");
        int cell = main.AsSpan().IndexOf((byte[])[0x48, 0xb8]) + 2;
        ImmutableArray<CodeRelocation> relocations = source.Helpers.IsEmpty ? [] : [new CodeRelocation(cell, CodeRelocationKind.HelperCell, 0)];
        var image = new NativeImage([.. main, .. Callback], relocations, [], [new CodeEntry(new SlotIndex(0), 0), new CodeEntry(new SlotIndex(3), main.Length)]);
        TestProgram proved = source with { Proof = Proof.Full, ReadsUnwrittenStack = false };
        return proved.Load(lowered => new NativeEngine("test", lowered, image, _arena, proved.Limits));
    }
}
