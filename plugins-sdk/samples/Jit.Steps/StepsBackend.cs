using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Isa;
using Skep.Programs;

namespace Acme.Jit.Steps;

/// <summary>
/// Turns a program into an array of delegates, one a slot; running it is calling them in turn. Slower than the interpreter and never worth it, but every obligation
/// of a back end is here: what it takes, what it refuses, fuel, helper calls, the stack, and a listing for <c>skep prog dump jited</c>.
/// </summary>
public sealed unsafe class StepsBackend : IJitBackend, ICodeListing
{
    private const int RegisterCount = 11;
    private const int StackAlignment = 16;

    public JitBackendDescriptor Descriptor { get; } = new()
    {
        Name = "steps",
        Description = "A delegate for each instruction; a sample, for any processor.",
        Preference = -1,
    };

    public string Language => "steps";

    public CompiledCode Compile(LoweredProgram program, JitOptions options)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (program.Functions.Length > 1)
        {
            throw new NotSupportedException("steps has no calls inside the program");
        }

        Step[] steps = new StepMaker(program).Make();
        int stackBytes = program.Functions[0].StackBytes;
        return new ManagedEntry(Main, ImmutableDictionary<int, CompiledEntry>.Empty);

        ulong Main(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        {
            // Cleared at entry, whether the program asks for it (LoweredFunction.ClearsStack) or not.
            byte* stack = stackalloc byte[stackBytes + StackAlignment];
            ulong* r = stackalloc ulong[RegisterCount];
            r[1] = r1;
            r[2] = r2;
            r[3] = r3;
            r[4] = r4;
            r[5] = r5;
            r[10] = ((ulong)stack + (ulong)stackBytes + StackAlignment - 1) & ~(ulong)(StackAlignment - 1);
            int slot = 0;
            while (slot != StepMaker.End)
            {
                slot = steps[slot](r, invocation);
            }

            return r[0];
        }
    }

    public ImmutableArray<CodeLine> List(LoweredProgram program, JitOptions options)
    {
        ArgumentNullException.ThrowIfNull(program);
        var lines = ImmutableArray.CreateBuilder<CodeLine>();
        for (int slot = 0; slot < program.Instructions.Length; slot += program.Instructions[slot].Row.Slots)
        {
            lines.Add(new CodeLine(slot, new SlotIndex(slot), "step", InstructionPrinter.Text(program.Instructions[slot], slot)));
        }

        return lines.ToImmutable();
    }
}
