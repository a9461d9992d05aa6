using Skep.Isa;
using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Analysis;

/// <summary>Which variables steps read and write.</summary>
/// <param name="argumentsOf">By index of a function: the registers that it takes, bit n for Rn.</param>
internal sealed class Operands(MethodCode method, Func<int, int> argumentsOf)
{
    /// <summary>The most variables that a step reads.</summary>
    public const int MaxReads = 5;

    /// <summary>The variable that a step writes, or -1. No step writes two.</summary>
    public static int Written(in Step step)
    {
        if (step.Operation == Operation.Invalid)
        {
            return -1;
        }

        OpcodeRow row = step.Row;
        return row.Shape switch
        {
            InstructionShape.Call or InstructionShape.LoadPacket or InstructionShape.AtomicCompareExchange => R0Of(step),
            InstructionShape.AtomicFetch => step.Source,
            _ => row.WritesDestination ? step.Destination : -1,
        };
    }

    /// <summary>Nothing but its result matters: when that is not read, it need not run.</summary>
    public static bool IsPure(in Step step)
        => step.Operation != Operation.Invalid && step.Row.WritesDestination && step.Row.Shape is not (InstructionShape.LoadAcquire or InstructionShape.Call);

    /// <summary>
    /// The variables that a step reads, in the order: destination, source, R0 of a compare-exchange; the arguments of a call.
    /// </summary>
    /// <returns>How many.</returns>
    public int Read(in Step step, Span<int> variables)
    {
        if (step.Operation == Operation.Invalid)
        {
            return 0;
        }

        OpcodeRow row = step.Row;
        int count = 0;
        switch (row.Shape)
        {
            case InstructionShape.Call:
                return ReadArguments(step, variables);
            case InstructionShape.Exit:
                variables[0] = R0Of(step);
                return 1;
        }

        if (row.ReadsDestination)
        {
            variables[count++] = step.Destination;
        }

        if (row.ReadsSource)
        {
            variables[count++] = step.Source;
        }

        if (row.Shape == InstructionShape.AtomicCompareExchange)
        {
            variables[count++] = R0Of(step);
        }

        return count;
    }

    /// <summary>The registers that a call passes, bit n for Rn.</summary>
    public int Arguments(in Step call)
        => call.Operation == Operation.CallLocal
            ? argumentsOf((int)call.Immediate)
            : ((1 << method.Program.HelperCalls[(int)call.Immediate].Binding.Descriptor.ArgumentRegisters) - 1) << 1;

    private int ReadArguments(in Step call, Span<int> variables)
    {
        int arguments = Arguments(call);
        int count = 0;
        for (int register = 1; register <= 5; register++)
        {
            if ((arguments >> register & 1) != 0)
            {
                variables[count++] = R0Of(call) + register;
            }
        }

        return count;
    }

    // Calls, exits and packet loads name register 0 or registers of the frame that they are in.
    private static int R0Of(in Step step) => step.Destination / Registers.Count * Registers.Count;
}
