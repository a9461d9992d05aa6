using System.Globalization;
using System.Text;
using Skep.Findings;
using Skep.Isa;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.TestPrograms.Corpus;
using Skep.Verification.Tests.Corpus;

namespace Skep.Verification.Tests;

/// <summary>What a developer wants to see of an entry.</summary>
internal static class CorpusReport
{
    internal static string Difference(CorpusEntry entry, Result<VerifiedProgram> result) =>
        $"{entry.Place}: Skep says {Verdict(result)}, expected {Verdict(entry)}\n{string.Join('\n', result.Findings)}\n{Program(entry)}";

    internal static string Difference(CorpusEntry entry, KernelLoadResult result) =>
        $"{entry.Place}: the kernel says {Verdict(result)}, expected {(entry.KernelAccepts ? "accept" : "refuse")}\n{result.Log}\n{Program(entry)}";

    /// <summary>Both verdicts, in a line each or with all that was said.</summary>
    internal static string Both(CorpusEntry entry, bool isShort)
    {
        Result<VerifiedProgram> ours = CorpusFixture.AskSkep(entry);
        KernelLoadResult theirs = CorpusFixture.AskKernel(entry);
        bool isAsExpected = (entry.KernelAccepts == theirs.IsAccepted || entry.Flags.HasFlag(CorpusFlags.Fuel)) && entry.SkepAccepts == ours.IsSuccess;
        string head = $"{(isAsExpected ? "  " : "! ")}{entry.Place} {entry.Name}\n     expect {Verdict(entry)}, kernel {(entry.KernelAccepts ? "accept" : "refuse")}\n     Skep   {Verdict(ours)}\n     kernel {Verdict(theirs)}";
        return isShort ? head : $"{head}\n{string.Join('\n', ours.Findings)}\n{theirs.Log}\n{Program(entry)}";
    }

    private static string Verdict(CorpusEntry entry) => entry.SkepAccepts ? "accept" : string.Join(' ', entry.Expected);

    private static string Verdict(Result<VerifiedProgram> result) => result.IsSuccess ? "accept" : string.Join(' ', SkepSide.Errors(result));

    private static string Verdict(KernelLoadResult result) => result.IsAccepted ? "accept" : $"{result.Error}: {result.Complaint}";

    private static string Program(CorpusEntry entry)
    {
        RawInstruction[] slots = [.. CorpusProgram.Assemble(entry).Slots];
        Instruction[] code = [.. InstructionDecoder.Decode(slots)];
        var text = new StringBuilder();
        for (int slot = 0; slot < code.Length; slot++)
        {
            if (code[slot].Operation != Operation.Continuation)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{slot,5}: {InstructionPrinter.Text(code[slot], slot)}");
            }
        }

        return text.ToString();
    }
}
