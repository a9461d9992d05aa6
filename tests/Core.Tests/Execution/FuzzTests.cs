using System.Diagnostics;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution;

/// <summary>Random programs of right structure: the checked interpreter keeps them inside their own memory, whatever they do.</summary>
public sealed unsafe class FuzzTests
{
    private const int Seed = 9669;
    private const int Length = 40;

    // The seed makes the programs; the time only how many of them are run.
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);

    /// <summary>For traps that are rare, on a machine with other work.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Operation[] Operations =
    [
        .. OpcodeTable.Rows.Where(row => row.Shape is not (InstructionShape.Invalid or InstructionShape.Continuation or InstructionShape.LoadWide))
            .Select(row => row.Operation)
            .Where(operation => operation is not Operation.CallNamed),
    ];

    [Fact]
    public void No_program_leaves_its_memory()
    {
        using LoadedMap direct = TestMaps.Array(16, 4);
        using LoadedMap plain = TestMaps.Array(16, 4, isDirect: false);
        using LoadedMap frozen = TestMaps.Array(16, 4, isFrozen: true);
        using var context = new GuardedMemory(64);
        using var packet = new GuardedMemory(64);
        var random = new Random(Seed);
        TrapKind[] expected = [TrapKind.None, TrapKind.FuelExhausted, TrapKind.MemoryAccess, TrapKind.CallDepth, TrapKind.HelperArgument, TrapKind.ReferenceLeak];
        var kinds = new HashSet<TrapKind>();
        long start = Stopwatch.GetTimestamp();
        int open = 0;
        int programs = 0;
        do
        {
            Instruction[] code = Generate(random);
            TestProgram program = TestProgram.From(code) with
            {
                Maps = [direct, plain, frozen],
                Limits = new Limits { MaxFuel = 2000 },
                Helpers = [.. Helpers(() => open++, () => open--)],
            };
            random.NextBytes(context.Bytes);
            using LoadedProgram loaded = program.Load(Mode.Checked);
            var entry = new ProgramEntry(context.Address, 64, context.Region(), packet.Region(MemoryAccess.Read));
            kinds.Add(loaded.Run(entry).Trap.Kind);
            kinds.Add(loaded.Run(entry with { R1 = 0, Context = MemoryRegion.None }).Trap.Kind);
            context.AssertGuardsUntouched();
            packet.AssertGuardsUntouched();
            direct.Memory().AssertGuardsUntouched();
            plain.Memory().AssertGuardsUntouched();
            frozen.Memory().AssertGuardsUntouched();
            Assert.Equal(-1, packet.Bytes.IndexOfAnyExcept((byte)0));
            Assert.Equal(-1, frozen.Memory().Bytes.IndexOfAnyExcept((byte)0));
            Assert.Equal(0, open);
            programs++;
        }
        while (Stopwatch.GetElapsedTime(start) is var elapsed && (elapsed < Time || (expected.Except(kinds).Any() && elapsed < Patience)));

        Assert.True(programs > 100, $"only {programs} programs in {Time}");
        Assert.Empty(expected.Except(kinds));
    }

    /// <summary>A main function and one below it, with branches that stay inside their own.</summary>
    private static Instruction[] Generate(Random random)
    {
        var code = new List<Instruction>();
        int main = Length / 2;
        Prologue(random, code);
        while (code.Count < main - 1)
        {
            Append(random, code, main);
        }

        code.Add(new(Operation.Exit, 0, 0, 0, 0));
        while (code.Count < Length - 1)
        {
            Append(random, code, Length);
        }

        code.Add(new(Operation.Exit, 0, 0, 0, 0));
        return [.. code.Select((instruction, slot) => Aim(random, code, instruction, slot, main))];
    }

    /// <summary>Pointers worth following, so that many an access goes right or only nearly so.</summary>
    private static void Prologue(Random random, List<Instruction> code)
    {
        code.Add(new(Operation.Move64Register, 6, 1, 0, 0));
        code.Add(new(Operation.Move64Register, 7, 10, 0, 0));
        code.Add(new(Operation.Add64Immediate, 7, 0, 0, -random.Next(1, 600)));
        Wide(code, Operation.LoadMapByDescriptor, 8, random.Next(3));
        Wide(code, Operation.LoadMapValueByDescriptor, 9, DirectMap(random));
    }

    private static void Append(Random random, List<Instruction> code, int to)
    {
        if (random.Next(8) == 0 && code.Count < to - 3)
        {
            Operation[] wide = [Operation.LoadImmediate64, Operation.LoadMapByDescriptor, Operation.LoadMapValueByDescriptor, Operation.LoadFunction];
            Operation chosen = wide[random.Next(wide.Length)];
            int value = chosen switch
            {
                Operation.LoadFunction => (Length / 2) - code.Count - 1,
                Operation.LoadMapValueByDescriptor => DirectMap(random),
                _ => random.Next(3),
            };
            Wide(code, chosen, (byte)random.Next(1, 10), value);
            return;
        }

        OpcodeRow row = OpcodeTable.Row(Operations[random.Next(Operations.Length)]);
        code.Add(new(
            row.Operation,
            row.Destination.Use == FieldUse.Register ? (byte)random.Next(row.WritesDestination ? 10 : 11) : (byte)0,
            row.Source.Use == FieldUse.Register ? (byte)random.Next(row.WritesSource ? 10 : 11) : (byte)0,
            row.Offset.Use == FieldUse.Operand ? random.Next(-24, 24) : 0,
            row.Operation == Operation.CallHelper ? random.Next(1, 5) : row.Immediate.Use == FieldUse.Operand ? random.Next(-40, 40) : 0));
    }

    // The second of the three maps has no direct values.
    private static int DirectMap(Random random) => 2 * random.Next(2);

    private static void Wide(List<Instruction> code, Operation operation, byte register, int value)
    {
        code.Add(new(operation, register, 0, 0, (uint)value));
        code.Add(new(Operation.Continuation, 0, 0, 0, 0));
    }

    /// <summary>Gives branches and calls their targets: any instruction of the function, the second function.</summary>
    private static Instruction Aim(Random random, List<Instruction> code, Instruction instruction, int slot, int main)
    {
        if (instruction.Operation == Operation.CallLocal)
        {
            return instruction with { Offset = main - slot - 1 };
        }

        if (!instruction.Row.IsBranch)
        {
            return instruction;
        }

        int target;
        do
        {
            target = slot < main ? random.Next(main) : random.Next(main, code.Count);
        }
        while (code[target].Operation == Operation.Continuation);
        return instruction with { Offset = target - slot - 1 };
    }

    private static TestHelper[] Helpers(Action opened, Action closed) =>
    [
        MemoryCheckTests.LookupHelper,
        new(
            new HelperDescriptor("reserve") { Number = new HelperNumber(2), Result = new HelperResult(HelperResultKind.MemoryOrNull) { FixedSize = 16, ReleasedBy = "discard" } },
            (_, _, _, _, _, _) =>
            {
                opened();
                return (ulong)NativeMemory.Alloc(16);
            }),
        new(
            new HelperDescriptor("discard")
            {
                Number = new HelperNumber(3),
                Arguments = [new(HelperArgumentKind.AcquiredMemory, "record", HelperArgumentFlags.Releases)],
                Result = HelperResult.Void,
            },
            (_, record, _, _, _, _) =>
            {
                closed();
                NativeMemory.Free((void*)record);
                return 0;
            }),
        new(
            new HelperDescriptor("call")
            {
                Number = new HelperNumber(4),
                Arguments = [new(HelperArgumentKind.Function, "callback"), new(HelperArgumentKind.Anything, "value")],
            },
            (invocation, callback, value, _, _, _) => Invocation.Call(invocation, callback, value)),
    ];
}
