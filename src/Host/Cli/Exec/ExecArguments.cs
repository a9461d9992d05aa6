using System.Diagnostics.CodeAnalysis;
using Skep.Cli.Parsing;

namespace Skep.Cli.Exec;

/// <summary>The command line of <c>skep exec</c>, already sound.</summary>
/// <param name="Memory">Empty for none.</param>
/// <param name="Program">Null reads it from standard input.</param>
/// <param name="PluginFolder">Null looks where every verb looks.</param>
internal sealed record ExecArguments(byte[] Memory, byte[]? Program, string? Jit, string? PluginFolder)
{
    /// <summary>Reads the plain cases only.</summary>
    /// <returns>False for whatever the real parser should see: other verbs, help, mistakes.</returns>
    public static bool TryRead(string[] arguments, [NotNullWhen(true)] out ExecArguments? exec)
    {
        exec = null;
        if (arguments.Length == 0 || arguments[0] != "exec")
        {
            return false;
        }

        string? memory = null;
        string? program = null;
        string? jit = null;
        string? folder = null;
        for (int index = 1; index < arguments.Length; index++)
        {
            bool taken = arguments[index] switch
            {
                "--program" => TakeValue(arguments, ref index, ref program),
                "--jit" => TakeValue(arguments, ref index, ref jit),
                "--plugins" => TakeValue(arguments, ref index, ref folder),
                ['-', ..] or ['@', ..] => false,
                _ => Take(arguments[index], ref memory),
            };
            if (!taken)
            {
                return false;
            }
        }

        return TryCreate(memory, program, jit, folder, out exec);
    }

    private static bool TryCreate(string? memory, string? program, string? jit, string? folder, [NotNullWhen(true)] out ExecArguments? exec)
    {
        exec = null;
        byte[]? programBytes = null;
        if (!HexText.TryParse(memory, out byte[] memoryBytes, out _)
            || (program is not null && !HexText.TryParse(program, out programBytes, out _)))
        {
            return false;
        }

        exec = new ExecArguments(memoryBytes, programBytes, jit, folder);
        return true;
    }

    private static bool TakeValue(string[] arguments, ref int index, ref string? value)
        => index + 1 < arguments.Length && Take(arguments[++index], ref value);

    private static bool Take(string text, ref string? value)
    {
        if (value is not null)
        {
            return false;
        }

        value = text;
        return true;
    }
}
