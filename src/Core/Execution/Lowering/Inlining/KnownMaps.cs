using Skep.Execution.Lowering.Optimization;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Lowering.Inlining;

/// <summary>
/// Which registers hold the handle of which map, step after step: by moves on the line that control is on, and, in a register that a function writes only once,
/// wherever the function reads it.
/// </summary>
internal sealed class KnownMaps
{
    private readonly Draft _draft;
    private readonly Dictionary<long, LoadedMap> _byHandle;
    private readonly bool[] _joins;
    private readonly HashSet<int> _functions;
    private readonly LoadedMap?[] _held = new LoadedMap?[Registers.Count];
    private readonly LoadedMap?[] _always = new LoadedMap?[Registers.Count];

    public KnownMaps(LoweredProgram program, Draft draft)
    {
        _draft = draft;
        _byHandle = program.Maps.ToDictionary(map => (long)map.Handle);
        _joins = draft.Joins();
        _functions = [.. draft.Functions];
    }

    public LoadedMap? In(byte register) => _held[register] ?? _always[register];

    public void Enter(int step)
    {
        if (_functions.Contains(step))
        {
            FindWrittenOnce(step);
        }

        if (_joins[step])
        {
            Array.Clear(_held);
        }
    }

    public void Leave(Instruction instruction)
    {
        LoadedMap? moved = instruction.Operation switch
        {
            Operation.LoadImmediate64 => _byHandle.GetValueOrDefault(instruction.Immediate),
            Operation.Move64Register => In(instruction.Source),
            _ => null,
        };
        RegisterSet written = instruction.Writes;
        for (byte register = 0; register < Registers.Count; register++)
        {
            _held[register] = written.Contains(register) ? moved : _held[register];
        }
    }

    /// <summary>Calls preserve R6 to R9, and nothing reads a register that was not written: so where there is one write, all reads see it.</summary>
    private void FindWrittenOnce(int start)
    {
        Span<Step> steps = _draft.Steps;
        Array.Clear(_always);
        Span<int> writes = stackalloc int[Registers.Count];
        writes.Clear();
        for (int i = start; i < steps.Length && (i == start || !_functions.Contains(i)); i++)
        {
            RegisterSet written = steps[i].Instruction.Writes;
            for (byte register = (byte)Register.R6; register <= (byte)Register.R9; register++)
            {
                if (written.Contains(register))
                {
                    _always[register] = ++writes[register] == 1 && steps[i].Instruction.Operation == Operation.LoadImmediate64
                        ? _byHandle.GetValueOrDefault(steps[i].Instruction.Immediate)
                        : null;
                }
            }
        }
    }
}
