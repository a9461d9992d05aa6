using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution.Lowering;
using Skep.Execution.Lowering.Inlining;
using Skep.Helpers;
using Skep.Isa;
using Skep.Maps;
using Skep.Programs;
using Skep.ProgramTypes;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Engines.Tests.Lookups;

/// <summary>Look-ups that became instructions find what the map finds, in every engine, also while others change the map.</summary>
public sealed class InlinedLookupTests : IDisposable
{
    private const uint Array = 2;
    private const uint Hash = 1;
    private const uint LeastRecentlyUsed = 9;
    private const int Keys = 200;

    /// <summary>Adds up the first words of the values of keys 0, 3, 6 and so on, each turned by the number of those that were found.</summary>
    private const string Sum = """
        r6 = 0
        r7 = 0
        r8 = 0
        again:
        *(u64 *)(r10 -8) = r6
        r2 = r10
        r2 += -8
        r1 = map[id:0]
        call unknown#1
        if r0 == 0 goto next
        r1 = *(u64 *)(r0 +0)
        r7 *= 31
        r7 += r1
        r8 += 1
        next:
        r6 += 3
        if r6 < 600 goto again
        r7 *= 1000
        r7 += r8
        r0 = r7
        exit
        """;

    private readonly SkepRuntime _runtime;

    public InlinedLookupTests()
    {
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Assert.True(builder.Add(new PluginRecord(new BaseHelpersPlugin().Info), [new MapHelpers(), new ClockHelpers(TimeProvider.System)]));
        Assert.True(builder.Add(new PluginRecord(new ArrayMapsPlugin().Info), [new ArrayMapType()]));
        Assert.True(builder.Add(new PluginRecord(new HashMapsPlugin().Info), [new HashMapType(), new LruHashMapType()]));
        Assert.True(builder.Add(new PluginRecord(new RawProgramsPlugin().Info), [new RawType()]));
        foreach (IJitBackend backend in Harness.Engines.Backends())
        {
            Assert.True(builder.Add(new PluginRecord(new PluginInfo(backend.Descriptor.Name, new Version(1, 0), "")), [backend]));
        }

        _runtime = new SkepRuntime(builder.Build(), Limits.Default);
    }

    public static TheoryData<string, uint, uint, uint> Cases()
    {
        var cases = new TheoryData<string, uint, uint, uint>();
        foreach (string engine in EngineNames())
        {
            cases.Add(engine, Array, 4, 8);
            cases.Add(engine, Array, 4, 20);
            cases.Add(engine, Hash, 4, 8);
            cases.Add(engine, Hash, 8, 16);
            cases.Add(engine, Hash, 12, 8);
            cases.Add(engine, LeastRecentlyUsed, 4, 8);
            cases.Add(engine, LeastRecentlyUsed, 8, 8);
        }

        return cases;
    }

    public static TheoryData<string> Names => [.. EngineNames()];

    public void Dispose() => _runtime.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_find_what_is_there(string engine, uint type, uint keySize, uint valueSize)
    {
        using LoadedMap map = Map(type, keySize, valueSize, Keys);
        var keyed = (IKeyedMap)map.Map;
        ulong expected = 0;
        ulong found = 0;
        byte[] value = new byte[valueSize];
        for (uint key = 0; key < 600; key += 3)
        {
            ulong number = key * 0x9E37_79B9_7F4A_7C15;
            MemoryMarshal.Write(value, number);
            bool isPut = (type == Array || key % 2 == 0) && keyed.Update(KeyOf(key, keySize), value) == Errno.None;
            expected = isPut ? (expected * 31) + number : expected;
            found += isPut ? 1ul : 0;
        }

        // A key of 12 bytes begins 8 bytes further down and ends with zeros.
        string text = keySize <= 8 ? Sum : Sum.Replace("*(u64 *)(r10 -8) = r6", "*(u64 *)(r10 -16) = r6\n*(u64 *)(r10 -8) = 0", StringComparison.Ordinal).Replace("r2 += -8", "r2 += -16", StringComparison.Ordinal);
        using LoadedProgram program = Load(map, engine, text);
        Assert.Equal(engine, program.Engine);
        bool isInlined = keySize != 12 && (type == Array || engine != "interpreter");
        Assert.NotEqual(isInlined, program.Lowered.Instructions.Any(instruction => instruction.Operation == Operation.CallHelper));
        Assert.Equal(new RunResult((expected * 1000) + found, Trap.None), program.RunEvent(MemoryRegion.None));
    }

    [Theory]
    [InlineData(Array)]
    [InlineData(Hash)]
    public void What_stands_in_the_place_of_calls_is_checked(uint type)
    {
        using LoadedMap map = Map(type, 4, 8, 10);
        using LoadedProgram program = Load(map, "interpreter", Sum);
        LoweredProgram faithful = Lowerer.Lower(program.Lowered.Verified, _runtime.Registry);
        LoweredProgram right = Inliner.Expand(faithful, InliningChoice.ForCompiledCode);
        Assert.Null(InliningCheck.FindProblem(faithful, right));
        for (int slot = 0; slot < right.Instructions.Length; slot++)
        {
            Instruction instruction = right.Instructions[slot];
            if (instruction.Operation == Operation.Continuation)
            {
                continue;
            }

            Instruction other = instruction.Row.IsBranch ? instruction with { Offset = instruction.Offset + 1 } : instruction with { Immediate = instruction.Immediate + 1 };
            var wrong = new LoweredProgram(right.Verified)
            {
                Instructions = right.Instructions.SetItem(slot, other),
                OriginalSlots = right.OriginalSlots,
                Functions = right.Functions,
                FuelSlots = right.FuelSlots,
                Helpers = right.Helpers,
                Maps = right.Maps,
            };
            Assert.NotNull(InliningCheck.FindProblem(faithful, wrong));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_known_index_is_an_address(string engine)
    {
        using LoadedMap map = Map(Array, 4, 8, 10);
        ((IKeyedMap)map.Map).Update(KeyOf(7, 4), BitConverter.GetBytes(123ul));
        using LoadedProgram program = Load(map, engine, """
            *(u32 *)(r10 -4) = 7
            r2 = r10
            r2 += -4
            r1 = map[id:0]
            call unknown#1
            if r0 == 0 goto out
            r0 = *(u64 *)(r0 +0)
            out:
            exit
            """);
        Assert.Equal(123ul, program.RunEvent(MemoryRegion.None).Value);
        Assert.DoesNotContain(program.Lowered.Instructions, instruction => instruction.Row.IsBranch || instruction.Row.IsCall);
        Assert.Throws<InvalidOperationException>(map.Dispose);
    }

    /// <summary>Some keys stay, and get new values all the time, others come and go in the same few chains.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_stays_is_found_while_others_change_the_map(string engine)
    {
        using LoadedMap map = Map(Hash, 4, 8, 32);
        var keyed = (IKeyedMap)map.Map;
        for (uint key = 0; key < 8; key++)
        {
            Assert.Equal(Errno.None, keyed.Update(KeyOf(key, 4), new byte[8]));
        }

        using LoadedProgram program = Load(map, engine, """
            r6 = 0
            r7 = 0
            again:
            *(u32 *)(r10 -4) = r6
            r2 = r10
            r2 += -4
            r1 = map[id:0]
            call unknown#1
            if r0 == 0 goto next
            r7 += 1
            next:
            r6 += 1
            if r6 < 8 goto again
            r0 = r7
            exit
            """);
        using var stop = new CancellationTokenSource();
        Task writer = Task.Run(() => Churn(keyed, stop.Token), TestContext.Current.CancellationToken);
        ulong least = 8;
        for (int i = 0; i < 100_000; i++)
        {
            least = Math.Min(least, program.RunEvent(MemoryRegion.None).Value);
        }

        await stop.CancelAsync();
        await writer;
        Assert.Equal(8ul, least);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_clock_goes_on(string engine)
    {
        using LoadedMap map = Map(Array, 4, 8, 1);
        using LoadedProgram program = Load(map, engine, "call unknown#5\nr6 = r0\ncall unknown#5\nr0 -= r6\nexit");
        long before = TimeProvider.System.GetTimestamp();
        ulong passed = program.RunEvent(MemoryRegion.None).Value;
        Assert.InRange(passed, 0ul, (ulong)TimeProvider.System.GetElapsedTime(before).TotalNanoseconds + 1);
        using LoadedProgram absolute = Load(map, engine, "call unknown#5\nexit");
        ulong now = absolute.RunEvent(MemoryRegion.None).Value;
        Assert.InRange(now, (ulong)before * (1_000_000_000 / (ulong)TimeProvider.System.TimestampFrequency), ulong.MaxValue);
    }

    private static string[] EngineNames() => ["interpreter", .. Harness.Engines.Backends().Select(backend => backend.Descriptor.Name)];

    private static byte[] KeyOf(uint key, uint size)
    {
        byte[] bytes = new byte[size];
        BitConverter.TryWriteBytes(bytes, key);
        return bytes;
    }

    private static void Churn(IKeyedMap map, CancellationToken stop)
    {
        var random = new Random(1);
        byte[] value = new byte[8];
        while (!stop.IsCancellationRequested)
        {
            uint key = (uint)random.Next(40);
            if (key < 8 || random.Next(2) == 0)
            {
                map.Update(KeyOf(key, 4), value);
            }
            else
            {
                map.Delete(KeyOf(key, 4));
            }
        }
    }

    private LoadedMap Map(uint type, uint keySize, uint valueSize, uint entries) => _runtime.CreateMap(new MapSpec
    {
        Name = "map0",
        Type = new MapTypeReference(new MapTypeNumber(type)),
        KeySize = keySize,
        ValueSize = valueSize,
        MaxEntries = entries,
    }).GetOrThrow();

    private LoadedProgram Load(LoadedMap map, string engine, string text)
    {
        AssemblerResult assembled = Assembler.Assemble(text);
        Assert.True(assembled.Succeeded, string.Join('\n', assembled.Errors));
        var spec = new ProgramSpec
        {
            Name = "test",
            License = "GPL",
            Instructions = [.. InstructionEncoder.Encode(assembled.Instructions.AsSpan())],
            References = [.. assembled.Instructions.Select((instruction, slot) => (instruction, slot)).Where(entry => entry.instruction.Operation == Operation.LoadMapByDescriptor)
                .Select(entry => new MapReference(new SlotIndex(entry.slot), "map0"))],
        };
        var options = new LoadOptions { DefaultProgramType = "raw", Engine = engine, Verification = VerificationPolicy.Default with { Proof = Proof.Full } };
        return _runtime.LoadProgram(spec, ImmutableDictionary<string, LoadedMap>.Empty.Add("map0", map), options).GetOrThrow();
    }
}
