using System.CommandLine;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Cli.Commands;

/// <summary>Options that say what the verifier lets pass and how much it may take.</summary>
internal sealed class VerificationOptions
{
    private const string Refuse = "refuse";
    private const string Fuel = "fuel";

    private readonly Option<string?> _loops = Loops();
    private readonly Option<bool> _strict = new("--strict-alignment") { Description = "Every access must be aligned to its size." };
    private readonly Option<bool> _noUninitialized = new("--no-uninitialized-stack") { Description = "Stack that nobody wrote may not be read." };
    private readonly Option<bool> _allowLeaks = new("--allow-leaks") { Description = "Pointers may become numbers that others see, whatever the program type says." };
    private readonly Option<bool> _denyLeaks = new("--deny-leaks") { Description = "They may not, whatever the program type says." };
    private readonly Option<long?> _maxVisited = new("--max-visited")
    {
        Description = "Give up after N instructions on all paths together.",
        HelpName = "N",
        CustomParser = OptionValues.PositiveCount,
    };

    private readonly Option<TimeSpan?> _timeLimit = new("--time-limit")
    {
        Description = "Give up on a program after this time: 500ms, 30s.",
        HelpName = "DURATION",
        CustomParser = OptionValues.Duration,
    };

    /// <summary>What becomes of loops, for verbs that run programs.</summary>
    public static Option<string?> Loops()
    {
        var option = new Option<string?>("--loops")
        {
            Description = "What becomes of loops that are not proved to end: refuse them (the default), or run them on fuel, which is counted.",
            HelpName = $"{Refuse}|{Fuel}",
        };
        option.AcceptOnlyFromAmong(Refuse, Fuel);
        return option;
    }

    public static VerificationPolicy ToPolicy(string? loops)
        => VerificationPolicy.Default with { Loops = loops == Fuel ? LoopPolicy.Fuel : LoopPolicy.Refuse };

    public void AddTo(Command verb)
    {
        Option[] all = [_loops, _strict, _noUninitialized, _allowLeaks, _denyLeaks, _maxVisited, _timeLimit];
        foreach (Option option in all)
        {
            verb.Options.Add(option);
        }

        verb.Validators.Add(result =>
        {
            if (result.GetValue(_allowLeaks) && result.GetValue(_denyLeaks))
            {
                result.AddError("--allow-leaks and --deny-leaks exclude each other");
            }

            if (result.GetResult(_maxVisited) is { Errors: var errors } && !errors.Any() && result.GetValue(_maxVisited) > int.MaxValue)
            {
                result.AddError($"--max-visited is at most {int.MaxValue}");
            }
        });
    }

    public VerificationPolicy ToPolicy(ParseResult result) => ToPolicy(result.GetValue(_loops)) with
    {
        StrictAlignment = result.GetValue(_strict),
        AllowUninitializedStack = !result.GetValue(_noUninitialized),
        AllowPointerLeaks = result.GetValue(_allowLeaks) ? true : result.GetValue(_denyLeaks) ? false : null,
    };

    public Func<Limits, Limits> ToLimits(ParseResult result) => limits => limits with
    {
        MaxVisitedInstructions = (int)(result.GetValue(_maxVisited) ?? limits.MaxVisitedInstructions),
        MaxVerificationTime = result.GetValue(_timeLimit) ?? limits.MaxVerificationTime,
    };
}
