using System.Globalization;
using System.Text.RegularExpressions;
using Skep.Verification.Values;

namespace Skep.Core.Tests.Verification.Values;

/// <summary>What the kernel's verifier knows of registers after each instruction, read from its log of level 2.</summary>
internal sealed partial class KernelScalarLog
{
    private readonly Dictionary<int, Dictionary<int, Scalar>> _after = [];
    private readonly Dictionary<(int From, int To), Dictionary<int, Scalar>> _jumped = [];
    private readonly HashSet<int> _reached = [];

    public KernelScalarLog(string log)
    {
        foreach (string line in log.Split('\n'))
        {
            Match step = Step.Match(line);
            if (step.Success)
            {
                int slot = int.Parse(step.Groups["slot"].Value, CultureInfo.InvariantCulture);
                _reached.Add(slot);
                _after.TryAdd(slot, Registers(step.Groups["state"].Value));
            }

            Match jump = Jump.Match(line);
            if (jump.Success)
            {
                int from = int.Parse(jump.Groups["from"].Value, CultureInfo.InvariantCulture);
                int to = int.Parse(jump.Groups["to"].Value, CultureInfo.InvariantCulture);
                _jumped.TryAdd((from, to), Registers(jump.Groups["state"].Value));
            }
        }
    }

    [GeneratedRegex(@"^(?<slot>\d+): \([0-9a-f]{2}\)[^;]*(?:; (?<state>.*))?$")]
    private static partial Regex Step { get; }

    [GeneratedRegex(@"^from (?<from>\d+) to (?<to>\d+): (?<state>R.*)$")]
    private static partial Regex Jump { get; }

    [GeneratedRegex(@"\bR(?<number>\d)(?:_[a-zA-Z]+)?=P?(?:(?<constant>-?(?:0x)?[0-9a-f]+)(?=[ \n]|$)|scalar\((?<facts>[^()]*(?:\([^()]*\))?)\))")]
    private static partial Regex Register { get; }

    [GeneratedRegex(@"(?<names>(?:[su](?:min|max)(?:32)?=)+)(?<number>-?[0-9a-fx]+)|var_off=\((?<value>0x[0-9a-f]+); (?<mask>0x[0-9a-f]+)\)")]
    private static partial Regex Fact { get; }

    public bool Reaches(int slot) => _reached.Contains(slot);

    /// <summary>
    /// Here the walk was split in two by the value of the destination, which is -1 or 0 (<c>maybe_fork_scalars</c>): the log tells
    /// of each by itself.
    /// </summary>
    public bool ForksAt(int slot) => _jumped.ContainsKey((slot, slot));

    /// <summary>What the line of this instruction says of the register; null where it does not.</summary>
    public Scalar? After(int slot, int register) => Find(_after.GetValueOrDefault(slot), register);

    /// <summary>What the register is where a taken branch arrives; null where the log does not say.</summary>
    public Scalar? AfterJump(int from, int to, int register) => Find(_jumped.GetValueOrDefault((from, to)), register);

    private static Scalar? Find(Dictionary<int, Scalar>? registers, int register) =>
        registers is not null && registers.TryGetValue(register, out Scalar scalar) ? scalar : null;

    private static Dictionary<int, Scalar> Registers(string text)
    {
        var registers = new Dictionary<int, Scalar>();
        foreach (Match match in Register.Matches(text))
        {
            registers[match.Groups["number"].Value[0] - '0'] = match.Groups["constant"].Success
                ? Scalar.Constant(Number(match.Groups["constant"].Value))
                : WithFacts(match.Groups["facts"].Value);
        }

        return registers;
    }

    private static Scalar WithFacts(string text)
    {
        Scalar scalar = Scalar.Unknown;
        foreach (Match match in Fact.Matches(text))
        {
            if (match.Groups["value"].Success)
            {
                scalar.Bits = new Tnum(Number(match.Groups["value"].Value), Number(match.Groups["mask"].Value));
                continue;
            }

            ulong number = Number(match.Groups["number"].Value);
            foreach (string name in match.Groups["names"].Value.Split('=', StringSplitOptions.RemoveEmptyEntries))
            {
                Set(ref scalar, name, number);
            }
        }

        return scalar;
    }

    private static void Set(ref Scalar scalar, string name, ulong number)
    {
        switch (name)
        {
            case "smin": scalar.SignedMin = (long)number; break;
            case "smax": scalar.SignedMax = (long)number; break;
            case "umin": scalar.UnsignedMin = number; break;
            case "umax": scalar.UnsignedMax = number; break;
            case "smin32": scalar.SignedMin32 = (int)number; break;
            case "smax32": scalar.SignedMax32 = (int)number; break;
            case "umin32": scalar.UnsignedMin32 = (uint)number; break;
            default: scalar.UnsignedMax32 = (uint)number; break;
        }
    }

    private static ulong Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : (ulong)long.Parse(text, CultureInfo.InvariantCulture);
}
