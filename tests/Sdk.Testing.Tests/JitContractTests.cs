using System.Collections.Immutable;
using Acme.Jit.Steps;
using Skep.Contracts;
using Skep.Isa;
using Skep.Programs;
using Skep.Testing;

namespace Skep.Sdk.Testing.Tests;

/// <summary>The sample back end keeps the contract; with one defect, the test that is there for it sees it.</summary>
public sealed class JitContractTests
{
    [Fact]
    public void An_operation_that_is_miscompiled_is_seen()
        => ShouldFail.With<Broken.Subtraction>(nameof(JitBackendContract.Each_operation_does_what_it_means), "r", Operation.Subtract64Register);

    [Fact]
    public void Others_of_that_back_end_are_right()
        => ShouldFail.NotWith<Broken.Subtraction>(nameof(JitBackendContract.Each_operation_does_what_it_means), Operation.Add64Register);

    [Fact]
    public void Random_programs_see_it_too()
        => ShouldFail.With<Broken.Subtraction>(nameof(JitBackendContract.Random_programs_do_what_they_do_in_the_interpreter), "random program");

    [Fact]
    public void Fuel_that_is_not_counted_is_seen()
        => ShouldFail.With<Broken.Fuel>(nameof(JitBackendContract.Programs_do_what_they_do_in_the_interpreter), "in the interpreter", "a loop that ends when it is told to");

    [Fact]
    public void A_refusal_that_nobody_declared_is_seen()
        => ShouldFail.With<Broken.Refusal>(nameof(JitBackendContract.Programs_do_what_they_do_in_the_interpreter), "did not take it", "a function");

    [Fact]
    public void An_image_whose_map_leads_out_of_the_program_is_seen()
        => ShouldFail.With<Broken.Image>(nameof(JitBackendContract.Images_are_well_formed_for_every_way_to_compile), "leads out of the code or the program");

    [Fact]
    public void Code_that_differs_each_time_is_seen()
        => ShouldFail.With<Broken.Image>(nameof(JitBackendContract.Compiling_is_a_pure_function_also_for_many_threads), "other code each time");

    [Fact]
    public void Constants_in_blinded_code_are_seen()
        => ShouldFail.With<Broken.Image>(nameof(JitBackendContract.Constants_that_the_program_chose_are_not_in_blinded_code), "is in the code");

    /// <summary>The sample back end, as its author would test it.</summary>
    public sealed class Steps : JitBackendContract
    {
        protected override int SampleEvery => 8;

        protected override JitAbilities Lacks => StepsLack;

        protected override bool Refuses(OpcodeRow row) => StepsRefuse(row);

        protected override IJitBackend Create() => new StepsBackend();
    }

    private const JitAbilities StepsLack = JitAbilities.LocalCalls | JitAbilities.Callbacks | JitAbilities.TailCalls;

    private static bool StepsRefuse(OpcodeRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.IsAtomic;
    }

    internal static class Broken
    {
        internal sealed class Subtraction : JitBackendContract
        {
            protected override JitAbilities Lacks => StepsLack;

            protected override bool Refuses(OpcodeRow row) => StepsRefuse(row);

            protected override IJitBackend Create() => new Changed(instruction => instruction.Operation == Operation.Subtract64Register ? instruction with { Operation = Operation.Add64Register } : instruction);
        }

        internal sealed class Fuel : JitBackendContract
        {
            protected override JitAbilities Lacks => StepsLack;

            protected override IJitBackend Create() => new Changed(instruction => instruction.Operation == Operation.Add64Immediate && instruction.Immediate == -1 ? instruction with { Immediate = -2 } : instruction);
        }

        internal sealed class Refusal : JitBackendContract
        {
            protected override IJitBackend Create() => new StepsBackend();
        }

        internal sealed class Image : JitBackendContract
        {
            protected override IJitBackend Create() => new Images();
        }
    }

    /// <summary>Compiles another program than it is given.</summary>
    private sealed class Changed(Func<Instruction, Instruction> change) : IJitBackend
    {
        private readonly StepsBackend _steps = new();

        public JitBackendDescriptor Descriptor => _steps.Descriptor;

        public CompiledCode Compile(LoweredProgram program, JitOptions options) => _steps.Compile(
            new LoweredProgram(program.Verified)
            {
                Instructions = [.. program.Instructions.Select(instruction => change(instruction))],
                OriginalSlots = program.OriginalSlots,
                Helpers = program.Helpers,
                Maps = program.Maps,
                FuelSlots = program.FuelSlots,
                Functions = program.Functions,
            },
            options);
    }

    /// <summary>Images that no core could run.</summary>
    private sealed class Images : IJitBackend
    {
        private static int _made;

        public JitBackendDescriptor Descriptor { get; } = new() { Name = "images", Description = "Images with defects." };

        public CompiledCode Compile(LoweredProgram program, JitOptions options)
        {
            ImmutableArray<byte> code = [.. BitConverter.GetBytes(Interlocked.Increment(ref _made)), .. program.Instructions.SelectMany(instruction => BitConverter.GetBytes(instruction.Immediate))];
            return new NativeImage(code, [], [new PcMapEntry(0, new SlotIndex(program.Instructions.Length))], [new CodeEntry(new SlotIndex(0), 0)]);
        }
    }
}
