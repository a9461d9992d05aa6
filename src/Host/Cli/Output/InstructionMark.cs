using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Skep.Findings;

namespace Skep.Cli.Output;

/// <summary>Which part of an instruction's line a finding is about.</summary>
internal static partial class InstructionMark
{
    /// <summary>The access or the register that matters first; all of the instruction where it is in none of its operands, as in calls.</summary>
    /// <param name="line">As the dump prints it: <c>  12: (71) r0 = *(u8 *)(r2 +13)</c>.</param>
    public static (int Start, int Length) Find(string line, ImmutableArray<RegisterNote> registers)
    {
        Match code = Opcode().Match(line);
        int start = code.Success ? code.Length : line.Length - line.TrimStart().Length;
        foreach (RegisterNote register in registers)
        {
            string number = Regex.Escape(register.Register[1..]);
            Match access = Regex.Match(line[start..], $@"\*\(\w+ \*\)\(r{number} [^)]*\)");
            Match found = access.Success ? access : Regex.Match(line[start..], $@"\b[rw]{number}\b");
            if (found.Success)
            {
                return (start + found.Index, found.Length);
            }
        }

        return (start, line.Length - start);
    }

    [GeneratedRegex(@"^\s*\d+: \([0-9a-f]{2}\) ")]
    private static partial Regex Opcode();
}
