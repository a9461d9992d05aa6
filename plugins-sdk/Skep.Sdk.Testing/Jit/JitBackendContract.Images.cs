using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Testing;

/// <summary>Images as data: for any machine.</summary>
public abstract unsafe partial class JitBackendContract
{
    [Fact]
    public void Images_are_well_formed_for_every_way_to_compile()
    {
        foreach ((string name, LoweredProgram program) in Lowered())
        {
            foreach (JitOptions options in Options)
            {
                Require(name, program, Create().Compile(program, options));
            }
        }
    }

    [Fact]
    public void Compiling_is_a_pure_function_also_for_many_threads()
    {
        IJitBackend shared = Create();
        foreach ((string name, LoweredProgram program) in Lowered())
        {
            if (Create().Compile(program, JitOptions.Default) is not NativeImage expected)
            {
                continue;
            }

            Crowd.Run(4, _ =>
            {
                var found = (NativeImage)shared.Compile(program, JitOptions.Default);
                Assert.True(expected.Code.AsSpan().SequenceEqual(found.Code.AsSpan()), $"{name} is compiled to other code each time");
                Assert.Equal(expected.Relocations, found.Relocations);
            });
        }
    }

    [Fact]
    public void Constants_that_the_program_chose_are_not_in_blinded_code()
    {
        using FakeRuntime runtime = new([new JitHelpers()], Limits.Default, EngineOptions.Default with { Optimize = false });
        using LoadedProgram program = runtime.Load("r0 = 0x41c64e6d\nr2 = 0x5deece66d1234567\nr0 += r2\nr0 ^= 0x2545f491\nexit");
        if (Refuses(OpcodeTable.Row(Operation.Add64Register)) || Create().Compile(program.Lowered, new JitOptions { BlindConstants = true }) is not NativeImage image)
        {
            return;
        }

        foreach (byte[] constant in (byte[][])[BitConverter.GetBytes(0x41c64e6d), BitConverter.GetBytes(0x5deece66d1234567), BitConverter.GetBytes(0x2545f491)])
        {
            Assert.True(image.Code.AsSpan().IndexOf(constant) < 0, $"the constant {Convert.ToHexString(constant)} is in the code");
        }
    }

    [Fact]
    public void A_listing_covers_the_program_in_order()
    {
        if (Create() is not ICodeListing listing)
        {
            return;
        }

        Assert.False(string.IsNullOrWhiteSpace(listing.Language));
        foreach ((string name, LoweredProgram program) in Lowered())
        {
            ImmutableArray<CodeLine> lines = listing.List(program, JitOptions.Default);
            Assert.NotEmpty(lines);
            Assert.All(lines, line => Assert.True(line.Slot.Value >= 0 && line.Slot.Value < program.Instructions.Length && line.Operation.Length > 0, $"{name}: {line}"));
        }
    }

    /// <summary>The programs of the set that the back end is to compile, lowered.</summary>
    private IEnumerable<(string Name, LoweredProgram Program)> Lowered()
    {
        using FakeRuntime runtime = new([new JitHelpers()], Limits.Default, EngineOptions.Default with { Optimize = false });
        foreach (JitProgram program in JitPrograms.All.Where(program => (program.Needs & Lacks) == 0))
        {
            using LoadedProgram loaded = runtime.Load(program.Text, policy: program.IsEndless ? Leaking with { Loops = LoopPolicy.Fuel } : Leaking);
            if (!loaded.Lowered.Instructions.Any(instruction => instruction.Operation != Operation.Continuation && Refuses(instruction.Row)))
            {
                yield return (program.Name, loaded.Lowered);
            }
        }
    }

    private static void Require(string name, LoweredProgram program, CompiledCode code)
    {
        switch (code)
        {
            case NativeImage image:
                int length = image.Code.Length;
                Assert.NotEqual(0, length);
                Assert.True(image.Entries is [{ Function.Value: 0 }, ..], $"{name}: the first entry is the main function");
                Assert.All(image.Entries, entry => Assert.InRange(entry.Offset, 0, length - 1));
                Assert.Equal(image.PcMap.OrderBy(entry => entry.Offset), image.PcMap);
                Assert.All(image.PcMap, entry => Assert.True(entry.Offset >= 0 && entry.Offset <= length && entry.Slot.Value >= 0 && entry.Slot.Value < program.Instructions.Length, $"{name}: {entry} leads out of the code or the program"));
                Assert.Equal(image.Relocations.OrderBy(relocation => relocation.Offset), image.Relocations);
                Assert.All(image.Relocations, relocation =>
                {
                    Assert.InRange(relocation.Offset, 0, length - sizeof(ulong));
                    Assert.InRange(relocation.Index, 0, relocation.Kind == CodeRelocationKind.HelperCell ? program.Helpers.Length - 1 : length - 1);
                });
                break;
            case ManagedEntry managed:
                Assert.NotNull(managed.Main);
                Assert.All(managed.Functions.Keys, start => Assert.Contains(program.Functions, function => function.Start.Value == start));
                break;
            default:
                Assert.Fail($"{name}: the core cannot run {code.GetType().Name}");
                break;
        }
    }
}
