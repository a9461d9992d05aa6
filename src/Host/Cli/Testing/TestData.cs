using Skep.Cli.Parsing;
using Skep.Findings;

namespace Skep.Cli.Testing;

/// <summary>Reads and writes the data of test runs.</summary>
internal static class TestData
{
    /// <param name="text">Hexadecimal bytes, or @ and a file's path; null for none.</param>
    public static Result<byte[]> Read(string? text)
    {
        if (text is null)
        {
            return Result<byte[]>.Success([]);
        }

        if (text.StartsWith('@'))
        {
            return ReadFile(text[1..]);
        }

        return HexText.TryParse(text, out byte[] bytes, out string problem)
            ? Result<byte[]>.Success(bytes)
            : Result<byte[]>.Failure(CliRules.BadHexadecimal.Error(new Place { Object = "--data-in" }, problem));
    }

    /// <returns>Null when it is written.</returns>
    public static Finding? Write(string path, ReadOnlySpan<byte> data)
    {
        try
        {
            File.WriteAllBytes(path, data);
            return null;
        }
        catch (Exception exception) when (IsFileProblem(exception))
        {
            return CliRules.FileAccess.Error(new Place { File = path }, exception.Message);
        }
    }

    private static Result<byte[]> ReadFile(string path)
    {
        try
        {
            return Result<byte[]>.Success(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (IsFileProblem(exception))
        {
            return Result<byte[]>.Failure(CliRules.FileAccess.Error(new Place { File = path }, exception.Message));
        }
    }

    private static bool IsFileProblem(Exception exception)
        => exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;
}
