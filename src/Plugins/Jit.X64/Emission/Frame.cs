using System.Collections.Immutable;
using Skep.Isa;
using Skep.Jit.Analysis;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <summary>
/// A function's frame, from RSP up: arguments for C functions, the budget of <c>may_goto</c>, the program's stack, whose end R10 points at, a gap that keeps RSP a
/// multiple of 16, the registers that were saved.
/// </summary>
/// <param name="Saved">In the order in which they are pushed.</param>
/// <param name="Bytes">What RSP goes down by behind that.</param>
/// <param name="Top">The distance of R10 from RSP, a multiple of 16.</param>
/// <param name="Budget">The distance of the budget from RSP.</param>
internal sealed record Frame(ImmutableArray<MachineRegister> Saved, int Bytes, int Top, int Budget)
{
    private const int Alignment = 16;

    /// <param name="isEntry">C calls it: what the convention preserves is saved. Functions of the program only preserve R6 to R9 for each other.</param>
    internal static Frame Of(FunctionSummary function, CallingConvention convention, bool isEntry)
    {
        var saved = ImmutableArray.CreateBuilder<MachineRegister>();
        if (isEntry && function.NeedsInvocation)
        {
            saved.Add(RegisterMap.Invocation);
        }

        if (isEntry)
        {
            saved.AddRange(AlwaysSaved(convention));
        }

        for (int register = (int)Register.R6; register <= (int)Register.R9; register++)
        {
            if (function.Written.Contains((byte)register))
            {
                saved.Add(RegisterMap.Of(register));
            }
        }

        int outgoing = function.CallsHelpers ? convention.OutgoingBytes : 0;
        int top = RoundUp(outgoing + (function.HasBudget ? sizeof(ulong) : 0) + RoundUp(function.Function.StackBytes));
        bool needsAlignment = top > 0 || function.CallsHelpers || function.CallsFunctions;

        // The call pushed 8 bytes.
        int gap = needsAlignment && saved.Count % 2 == 0 ? sizeof(ulong) : 0;
        return new Frame(saved.ToImmutable(), top + gap, top, outgoing);
    }

    /// <summary>Registers of the program, or scratch, that the convention preserves: what a function of the program may change at any time.</summary>
    internal static IEnumerable<MachineRegister> AlwaysSaved(CallingConvention convention)
        => convention.Preserved.Where(register => register is MachineRegister.Rsi or MachineRegister.Rdi);

    /// <summary>The same for a stub, which has no stack of its own.</summary>
    internal static Frame OfStub(FunctionSummary function, CallingConvention convention)
    {
        ImmutableArray<MachineRegister> saved = function.NeedsInvocation ? [RegisterMap.Invocation, .. AlwaysSaved(convention)] : [.. AlwaysSaved(convention)];
        return new Frame(saved, saved.Length % 2 == 0 ? sizeof(ulong) : 0, 0, 0);
    }

    internal void Open(MachineWriter writer)
    {
        foreach (MachineRegister register in Saved)
        {
            writer.Encoder.Push(register);
        }

        if (Bytes > 0)
        {
            writer.Arithmetic(Rows.Subtract, Width.Quad, MachineRegister.Rsp, Bytes);
        }
    }

    /// <summary>Undoes <see cref="Open"/> and returns.</summary>
    internal void Close(MachineWriter writer)
    {
        Undo(writer);
        writer.Encoder.Plain(Rows.Return, Width.Double);
    }

    /// <summary>Undoes <see cref="Open"/>: the function is over but for the return.</summary>
    internal void Undo(MachineWriter writer)
    {
        if (Bytes > 0)
        {
            writer.Arithmetic(Rows.Add, Width.Quad, MachineRegister.Rsp, Bytes);
        }

        for (int i = Saved.Length - 1; i >= 0; i--)
        {
            writer.Encoder.Pop(Saved[i]);
        }
    }

    /// <summary>Moves what C passed to where the program has it, behind <see cref="Open"/>.</summary>
    /// <param name="isUsed">By argument: 0 for the invocation, n for Rn.</param>
    internal void TakeArguments(MachineWriter writer, CallingConvention convention, Func<int, bool> isUsed)
    {
        // In order no move destroys what a later one reads: System V has R1 to R5 in place, Windows has each in a register of a later one.
        for (int argument = 0; argument < CallingConvention.ArgumentCount; argument++)
        {
            if (!isUsed(argument))
            {
                continue;
            }

            MachineRegister home = argument == 0 ? RegisterMap.Invocation : RegisterMap.Of(argument);
            if (argument < convention.ArgumentRegisters.Length)
            {
                writer.Move(home, convention.ArgumentRegisters[argument]);
            }
            else
            {
                int distance = Bytes + sizeof(ulong) * (Saved.Length + 1) + convention.StackOffset(argument);
                writer.Emit(Rows.Load, Width.Quad, home, new MemoryOperand(MachineRegister.Rsp, distance));
            }
        }
    }

    private static int RoundUp(int bytes) => bytes + Alignment - 1 & -Alignment;
}
