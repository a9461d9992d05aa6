using System.Globalization;
using System.Runtime.CompilerServices;
using Skep.Findings;
using Skep.Programs;
using Skep.Programs.Dump;

namespace Skep.Verification.Structure;

/// <summary>
/// Gathers the problems of a program. Of each rule at most <paramref name="limit"/> are kept, so that a hostile program
/// costs no more memory than a bad one; the rest is counted. Not thread-safe.
/// </summary>
internal sealed class StructureReport(LinkedProgram program, int limit)
{
    private readonly List<Problem> _problems = [];
    private readonly Dictionary<Rule, int> _counts = [];
    private InstructionText? _text;

    /// <summary>Counts a problem without telling it.</summary>
    internal void Count(Rule rule) => _counts[rule] = _counts.GetValueOrDefault(rule) + 1;

    /// <param name="slot">Null for the program as a whole.</param>
    internal void Add(Rule rule, int? slot, [InterpolatedStringHandlerArgument("", "rule")] ref Message message, string? remedy = null)
    {
        if (message.IsKept)
        {
            _problems.Add(new Problem(rule, slot, message.Text, remedy));
        }

        Count(rule);
    }

    /// <summary>The value when there is no problem, else the findings in the order of the slots.</summary>
    internal Result<T> ToResult<T>(T? value)
        where T : class
    {
        if (_problems.Count == 0 && value is not null)
        {
            return Result<T>.Success(value);
        }

        List<Finding> findings =
        [
            .. _problems
                .OrderBy(problem => problem.Slot ?? -1)
                .ThenBy(problem => problem.Rule.Id, StringComparer.Ordinal)
                .Take(Math.Max(limit, 1))
                .Select(problem => problem.Rule.Error(PlaceOf(problem.Slot), problem.Message, problem.Remedy)),
        ];
        int leftOut = _counts.Values.Sum() - findings.Count;
        if (leftOut > 0)
        {
            findings.Add(VerificationRules.MoreProblems.Warning(
                PlaceOf(null), string.Create(CultureInfo.InvariantCulture, $"{leftOut} more problems are not shown, because {limit} findings are the most (Limits.MaxFindings)")));
        }

        return Result<T>.Failure(findings);
    }

    private bool IsFull(Rule rule) => _counts.GetValueOrDefault(rule) >= limit;

    private Place PlaceOf(int? slot)
    {
        ProgramSpec spec = program.Spec;
        return new Place
        {
            File = spec.ObjectName.Length == 0 ? null : spec.ObjectName,
            Section = spec.Section.Length == 0 ? null : spec.Section,
            Object = spec.Name,
            Slot = slot is { } index ? new SlotIndex(index) : null,
            Instruction = slot is { } at ? TextOf(at) : null,
            Source = slot is { } from ? spec.LineAt(new SlotIndex(from)) : null,
        };
    }

    private string TextOf(int slot)
    {
        _text ??= new InstructionText(program);
        return _text.Line(slot, isPlain: false);
    }

    private sealed record Problem(Rule Rule, int? Slot, string Message, string? Remedy);

    /// <summary>Builds no text where the report is full: a million bad slots must not cost a million strings.</summary>
    [InterpolatedStringHandler]
    internal ref struct Message
    {
        private DefaultInterpolatedStringHandler _inner;

        public Message(int literalLength, int formattedCount, StructureReport report, Rule rule, out bool isKept)
        {
            IsKept = isKept = !report.IsFull(rule);
            _inner = isKept ? new(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
        }

        internal bool IsKept { get; }

        internal string Text => _inner.ToStringAndClear();

        public void AppendLiteral(string value) => _inner.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _inner.AppendFormatted(value);

        public void AppendFormatted<T>(T value, string? format) => _inner.AppendFormatted(value, format);
    }
}
