using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Skep.Cli.Parsing;

namespace Skep.Cli.Commands;

/// <summary>Readers of option values; what they refuse is wrong usage.</summary>
internal static class OptionValues
{
    public static Option<string?> Jit() => new("--jit")
    {
        Description = "What runs the programs: auto (the default: the fastest that can), interpreter, or a back end that `skep feature` lists.",
        HelpName = "NAME",
    };

    public static Option<string?> DataIn()
    {
        var option = new Option<string?>("--data-in") { Description = "The data, as hexadecimal bytes or from a file.", HelpName = "HEX-or-@FILE" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !text.StartsWith('@') && !HexText.TryParse(text, out _, out string problem))
            {
                result.AddError($"--data-in is not hexadecimal bytes: {problem}; a file is written @FILE");
            }
        });
        return option;
    }

    public static AttachArgument? Attach(ArgumentResult result)
    {
        AttachArgument? attach = AttachArgument.TryParse(TextOf(result));
        if (attach is null)
        {
            result.AddError($"'{TextOf(result)}' is not POINT:TARGET, such as timer:1s or tracepoint:sched/sched_switch");
        }

        return attach;
    }

    public static TimeSpan? Duration(ArgumentResult result)
    {
        if (DurationText.TryParse(TextOf(result), out TimeSpan duration, out string problem))
        {
            return duration;
        }

        result.AddError(problem);
        return null;
    }

    public static long? PositiveCount(ArgumentResult result)
    {
        if (long.TryParse(TextOf(result), NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count > 0)
        {
            return count;
        }

        result.AddError($"'{TextOf(result)}' is not a number of at least 1");
        return null;
    }

    public static byte[]? Hexadecimal(ArgumentResult result)
    {
        if (HexText.TryParse(TextOf(result), out byte[] bytes, out string problem))
        {
            return bytes;
        }

        result.AddError($"not hexadecimal bytes: {problem}");
        return null;
    }

    private static string TextOf(ArgumentResult result) => string.Join(' ', result.Tokens.Select(token => token.Value));
}
