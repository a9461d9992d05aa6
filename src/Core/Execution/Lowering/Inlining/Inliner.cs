using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Execution.Lowering.Optimization;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Lowering.Inlining;

/// <summary>Which calls become instructions.</summary>
internal enum InliningChoice : byte
{
    None,

    /// <summary>Those that are faster so in any engine.</summary>
    Short,

    /// <summary>Those that are faster so in compiled code.</summary>
    ForCompiledCode,
}

/// <summary>
/// Puts code in the place of helper calls where the helper's set offers some (<see cref="IInliningHelperSet"/>); with a map only where it is known at the call which one.
/// </summary>
internal sealed class Inliner
{
    private readonly LoweredProgram _program;
    private readonly Draft _draft;
    private readonly KnownMaps _maps;
    private readonly InliningChoice _choice;

    private Inliner(LoweredProgram program, InliningChoice choice)
    {
        _program = program;
        _draft = Draft.Of(program);
        _maps = new KnownMaps(program, _draft);
        _choice = choice;
    }

    /// <returns>The program itself where nothing is to be inlined.</returns>
    public static LoweredProgram Expand(LoweredProgram program, InliningChoice choice)
    {
        if (choice == InliningChoice.None || !program.Helpers.Any(helper => helper.Inliner is not null))
        {
            return program;
        }

        SortedList<int, ImmutableArray<Instruction>> codes = new Inliner(program, choice).Find(out Draft draft);
        if (codes.Count == 0)
        {
            return program;
        }

        draft.Expand(codes);
        LoweredProgram expanded = draft.ToProgram(out _);
        InliningCheck.Require(program, expanded);
        return expanded;
    }

    private SortedList<int, ImmutableArray<Instruction>> Find(out Draft draft)
    {
        draft = _draft;
        var codes = new SortedList<int, ImmutableArray<Instruction>>();
        for (int i = 0; i < _draft.Count; i++)
        {
            _maps.Enter(i);
            Instruction instruction = _draft.Steps[i].Instruction;
            if (instruction.Operation == Operation.CallHelper && CodeOf(_program.Helpers[(int)instruction.Immediate]) is { } code)
            {
                codes.Add(i, code.Instructions);
            }

            _maps.Leave(instruction);
        }

        return codes;
    }

    private InlinedCode? CodeOf(HelperBinding helper)
    {
        if (helper.Inliner is not { } inliner)
        {
            return null;
        }

        int argument = helper.Descriptor.Arguments.TakeWhile(argument => argument.Kind != HelperArgumentKind.ConstMap).Count();
        bool takesMap = argument < helper.Descriptor.Arguments.Length;
        LoadedMap? map = takesMap ? _maps.In((byte)(argument + 1)) : null;
        InlinedCode? code = takesMap && map is null ? null : inliner.Inline(helper.Descriptor, map?.Map);
        return code is { IsForCompiledCode: true } && _choice != InliningChoice.ForCompiledCode ? null : code;
    }
}
