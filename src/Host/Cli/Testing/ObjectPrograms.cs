using Skep.Cli.Parsing;
using Skep.Findings;
using Skep.Loading;
using Skep.Programs;

namespace Skep.Cli.Testing;

/// <summary>Opens the object that <c>FILE[:NAME]</c> means and finds the program in it.</summary>
internal static class ObjectPrograms
{
    /// <returns>The object; findings when it cannot be read, or has no program of that name.</returns>
    public static Result<ObjectSpec> Open(ProgramLocator locator)
    {
        Result<ObjectSpec> spec = ObjectFile.Open(locator.File);
        return spec.IsSuccess && Check(spec.Value, locator.Name) is { } problem ? Result<ObjectSpec>.Failure([.. spec.Findings, problem]) : spec;
    }

    /// <summary>The one program that is meant.</summary>
    public static Result<ProgramSpec> Choose(ObjectSpec spec, string? name)
        => (name is null ? spec.Programs : [.. spec.Programs.Where(program => program.Name == name)]) is [{ } only]
            ? Result<ProgramSpec>.Success(only)
            : Result<ProgramSpec>.Failure(CliRules.SeveralPrograms.Error(new Place { File = spec.Name }, $"the object has {Names(spec)}"));

    private static Finding? Check(ObjectSpec spec, string? name)
    {
        var place = new Place { File = spec.Name };
        return spec.Programs.IsEmpty ? CliRules.NoPrograms.Error(place, "the object holds no program")
            : name is null || spec.FindProgram(name) is not null ? null
            : Runtime.Linking.LinkRules.UnknownProgram.Error(place, $"there is no program {name}; the object has {Names(spec)}");
    }

    private static string Names(ObjectSpec spec) => string.Join(", ", spec.Programs.Select(program => program.Name));
}
