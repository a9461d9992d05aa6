using System.Collections.Immutable;
using Skep.Isa;

namespace Skep.TestPrograms.Generation;

/// <summary>Leaves instructions out of a program as long as it does what it is wanted for.</summary>
internal static class Minimizer
{
    private const int MostTries = 3000;

    internal static GeneratedProgram Minimize(GeneratedProgram program, Func<GeneratedProgram, bool> isWanted)
    {
        int tries = 0;
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int width = 8; width >= 1; width /= 2)
            {
                for (int slot = program.Code.Length - width; slot >= 0 && tries < MostTries; slot--)
                {
                    if (slot + width > program.Code.Length || Without(program.Code, slot, width) is not { } code)
                    {
                        continue;
                    }

                    tries++;
                    GeneratedProgram smaller = program with { Code = code };
                    if (isWanted(smaller))
                    {
                        program = smaller;
                        changed = true;
                    }
                }
            }
        }

        return program;
    }

    /// <summary>Null where an instruction would be cut in two.</summary>
    private static ImmutableArray<Instruction>? Without(ImmutableArray<Instruction> code, int slot, int width)
    {
        int end = slot + width;
        if (code[slot].Operation == Operation.Continuation || (end < code.Length && code[end].Operation == Operation.Continuation) || width == code.Length)
        {
            return null;
        }

        var smaller = ImmutableArray.CreateBuilder<Instruction>(code.Length - width);
        for (int i = 0; i < code.Length; i++)
        {
            if (i >= slot && i < end)
            {
                continue;
            }

            Instruction instruction = code[i];
            int here = Moved(i);
            if (instruction.Row.IsBranch || instruction.Operation == Operation.CallLocal)
            {
                instruction = instruction with { Offset = Moved((int)instruction.TargetFrom(i)) - here - 1 };
            }
            else if (instruction.Operation == Operation.LoadFunction)
            {
                instruction = instruction with { Immediate = (uint)(Moved(i + 1 + instruction.LowImmediate) - here - 1) };
            }

            smaller.Add(instruction);
        }

        return smaller.ToImmutable();

        int Moved(int target) => target <= slot ? target : Math.Max(slot, target - width);
    }
}
