using Skep.Isa;
using Skep.Jit.Analysis;
using Skep.Jit.Arm64.Encoding;
using Skep.Jit.Code;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Emission;

/// <summary>
/// The frame of a function, from the stack pointer upwards: the budget of <c>may_goto</c> (16 bytes, where there is one), the program's stack up to R10, saved registers. What
/// calls something has the frame record of the procedure call standard as the first of them.
/// </summary>
internal sealed class Frame
{
    /// <summary>Of the budget, from the stack pointer.</summary>
    internal const int BudgetOffset = 0;
    private const int BudgetBytes = 16;
    private const int StackAlignment = 16;

    /// <summary>Larger frames touch each page on the way down, so that none steps over the guard page.</summary>
    private const int ProbeBytes = 4096;
    private const int UnrolledClearBytes = 256;

    private readonly MachineRegister[] _saved;
    private readonly int _stackBytes;
    private readonly bool _clears;
    private readonly bool _hasRecord;
    private readonly bool _hasBudget;
    private readonly MachineRegister? _takesInvocation;

    private Frame(FunctionSummary function, bool isStub)
    {
        bool isLeaf = RegisterMap.IsLeaf(function) && !isStub;
        bool isEntry = isStub || ProgramEmission.IsEntry(function);
        IsLeaf = isLeaf;
        Invocation = isLeaf && isEntry ? RegisterMap.LeafInvocation : RegisterMap.Invocation;
        _hasRecord = !isLeaf;
        _takesInvocation = isEntry && function.NeedsInvocation ? Invocation : null;
        if (!isStub)
        {
            _hasBudget = function.HasBudget;
            _clears = function.Function.ClearsStack;
            _stackBytes = (function.Function.StackBytes + StackAlignment - 1) & -StackAlignment;
        }

        _saved = [.. Saved(function, isStub)];
    }

    /// <summary>See <see cref="RegisterMap.IsLeaf"/>.</summary>
    internal bool IsLeaf { get; }

    /// <summary>Where the invocation is, if the function needs it.</summary>
    internal MachineRegister Invocation { get; }

    /// <summary>R10, from the stack pointer, in bytes.</summary>
    internal int FramePointerOffset => _stackBytes + (_hasBudget ? BudgetBytes : 0);

    /// <summary>Instructions of <see cref="Close"/>.</summary>
    internal int CloseLength => 1 + (_saved.Length + 1) / 2 + (FramePointerOffset > 0 ? 1 : 0);

    private int SavedBytes => (_saved.Length * sizeof(ulong) + StackAlignment - 1) & -StackAlignment;

    internal static Frame Of(FunctionSummary function) => new(function, isStub: false);

    internal static Frame OfStub(FunctionSummary function) => new(function, isStub: true);

    internal void Open(MachineWriter writer)
    {
        if (_saved.Length == 1)
        {
            writer.Append(Encoder.Of(MemoryRow.Str, AddressForm.Before, _saved[0], Stack, -SavedBytes));
        }

        for (int i = 0; i + 1 < _saved.Length; i += 2)
        {
            writer.Append(i == 0
                ? Encoder.Of(PairRow.StpBefore, _saved[0], _saved[1], Stack, -SavedBytes)
                : Encoder.Of(PairRow.Stp, _saved[i], _saved[i + 1], Stack, i * sizeof(ulong)));
        }

        if (_saved.Length > 1 && _saved.Length % 2 != 0)
        {
            writer.Append(Encoder.Of(MemoryRow.Str, AddressForm.Scaled, _saved[^1], Stack, (_saved.Length - 1) * sizeof(ulong)));
        }

        if (_hasRecord)
        {
            writer.AddImmediate(FramePointer, Stack, 0);
        }

        OpenStack(writer);
        if (_takesInvocation is { } register)
        {
            writer.Move(true, register, X0);
        }
    }

    /// <summary>Undoes <see cref="Open"/> and returns.</summary>
    internal void Close(MachineWriter writer)
    {
        Undo(writer);
        writer.Append(Encoder.Of(RegisterBranchRow.Ret, Link));
    }

    /// <summary>Undoes <see cref="Open"/>: the function is over but for the return.</summary>
    internal void Undo(MachineWriter writer)
    {
        writer.AddImmediate(Stack, Stack, FramePointerOffset, RegisterMap.First);
        if (_saved.Length > 1 && _saved.Length % 2 != 0)
        {
            writer.Append(Encoder.Of(MemoryRow.Ldr, AddressForm.Scaled, _saved[^1], Stack, (_saved.Length - 1) * sizeof(ulong)));
        }

        for (int i = (_saved.Length / 2 - 1) * 2; i >= 0; i -= 2)
        {
            writer.Append(i == 0
                ? Encoder.Of(PairRow.LdpAfter, _saved[0], _saved[1], Stack, SavedBytes)
                : Encoder.Of(PairRow.Ldp, _saved[i], _saved[i + 1], Stack, i * sizeof(ulong)));
        }

        if (_saved.Length == 1)
        {
            writer.Append(Encoder.Of(MemoryRow.Ldr, AddressForm.After, _saved[0], Stack, SavedBytes));
        }
    }

    private IEnumerable<MachineRegister> Saved(FunctionSummary function, bool isStub)
    {
        if (_hasRecord)
        {
            yield return FramePointer;
            yield return Link;
        }

        if (_takesInvocation == RegisterMap.Invocation)
        {
            yield return RegisterMap.Invocation;
        }

        for (int register = (int)Register.R6; !IsLeaf && !isStub && register <= (int)Register.R9; register++)
        {
            if (function.Written.Contains((byte)register))
            {
                yield return RegisterMap.For(isLeaf: false)[register];
            }
        }
    }

    private void OpenStack(MachineWriter writer)
    {
        int rest = FramePointerOffset;
        if (rest > ProbeBytes)
        {
            CodeLabel again = writer.Code.NewLabel();
            writer.Constant(RegisterMap.First, (ulong)(rest / ProbeBytes));
            writer.Code.Bind(again);
            writer.AddImmediate(Stack, Stack, -ProbeBytes);
            writer.Append(Encoder.Of(MemoryRow.Str, AddressForm.Scaled, Zero, Stack, 0));
            writer.Append(Encoder.Of(AddImmediateRow.Sub, true, RegisterMap.First, RegisterMap.First, 1));
            writer.Code.Branch(Encoder.Of(BranchRow.Cbnz, true, RegisterMap.First), again);
            rest %= ProbeBytes;
        }

        writer.AddImmediate(Stack, Stack, -rest);
        if (_hasBudget)
        {
            writer.Constant(RegisterMap.First, Contracts.InvocationLayout.MayGotoBudget);
            writer.Append(Encoder.Of(MemoryRow.StrWord, AddressForm.Scaled, RegisterMap.First, Stack, BudgetOffset));
        }

        if (_clears && _stackBytes > 0)
        {
            Clear(writer);
        }
    }

    private void Clear(MachineWriter writer)
    {
        const int pair = 32;
        int low = FramePointerOffset - _stackBytes;
        if (_stackBytes <= pair)
        {
            for (int offset = 0; offset < _stackBytes; offset += 16)
            {
                writer.Append(Encoder.Of(PairRow.Stp, Zero, Zero, Stack, low + offset));
            }

            return;
        }

        writer.Append((uint)PlainRow.ClearV0);
        if (_stackBytes <= UnrolledClearBytes)
        {
            // The last pair may overlap the one before.
            for (int offset = 0; offset < _stackBytes; offset += pair)
            {
                writer.Append(Encoder.Of(PairRow.StpVector, X0, X0, Stack, low + Math.Min(offset, _stackBytes - pair)));
            }

            return;
        }

        // From R10 down; the rest that is no whole pair comes first.
        CodeLabel again = writer.Code.NewLabel();
        writer.AddImmediate(RegisterMap.First, Stack, low, RegisterMap.Second);
        writer.AddImmediate(RegisterMap.Second, Stack, FramePointerOffset - pair, RegisterMap.Second);
        writer.Append(Encoder.Of(PairRow.StpVector, X0, X0, RegisterMap.Second, 0));
        writer.Code.Bind(again);
        writer.Append(Encoder.Of(PairRow.StpVector, X0, X0, RegisterMap.First, 0));
        writer.AddImmediate(RegisterMap.First, RegisterMap.First, pair);
        writer.Compare(true, RegisterMap.First, RegisterMap.Second);
        writer.Code.Branch(Encoder.Of(BranchRow.BCondition, Condition.LowerOrSame), again);
    }
}
