using System.Collections.Immutable;
using Skep.Cli.Parsing;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Cli.Running;

/// <summary>What becomes of one program: its type, and what it is attached to.</summary>
/// <param name="ProgramType">Null leaves the type to the section.</param>
internal sealed record PlannedProgram(string Program, string? ProgramType, string AttachPoint, string Target);

/// <summary>Which program is attached to what: as its section says, or as <c>--attach</c> says for all of them.</summary>
/// <param name="Programs">The ones that events run.</param>
/// <param name="Elements">The ones that only take the place of others, as elements of a program array.</param>
internal sealed record AttachPlan(ImmutableArray<PlannedProgram> Programs, ImmutableArray<PlannedProgram> Elements)
{
    /// <param name="chosen">Names of programs; empty means all but the elements of program arrays.</param>
    public static Result<AttachPlan> Create(ObjectSpec spec, ImmutableArray<string> chosen, AttachArgument? attach, Registry registry)
    {
        var findings = new FindingCollector();
        var planned = ImmutableArray.CreateBuilder<PlannedProgram>();
        var elements = ImmutableArray.CreateBuilder<PlannedProgram>();
        foreach (ProgramSpec program in spec.Programs)
        {
            bool isElement = spec.TailCallTargets.Contains(program.Name) && !chosen.Contains(program.Name);
            if (isElement)
            {
                if (attach is not null && FromArgument(program, attach, registry) is { IsSuccess: true } element)
                {
                    elements.Add(element.Value);
                }

                continue;
            }

            if (!chosen.IsEmpty && !chosen.Contains(program.Name))
            {
                continue;
            }

            Result<PlannedProgram> plan = attach is null ? FromSection(program, registry) : FromArgument(program, attach, registry);
            findings.AddRange(plan.Findings);
            if (plan.IsSuccess)
            {
                planned.Add(plan.Value);
            }
        }

        if (spec.Programs.IsEmpty)
        {
            findings.Add(CliRules.NoPrograms.Error(new Place { File = spec.Name }, "the object holds no program"));
        }

        return findings.ToResult(new AttachPlan(planned.ToImmutable(), elements.ToImmutable()));
    }

    public LoadOptions ToLoadOptions(ImmutableArray<string> chosen) => new()
    {
        Programs = chosen,
        ProgramTypes = Programs.Concat(Elements).Where(program => program.ProgramType is not null)
            .ToImmutableDictionary(program => program.Program, program => program.ProgramType!),
    };

    private static Place PlaceOf(ProgramSpec program) => new() { File = program.ObjectName, Section = program.Section, Object = program.Name };

    private static Result<PlannedProgram> FromSection(ProgramSpec program, Registry registry)
    {
        // An unknown section is the loader's finding, which names what is missing.
        if (registry.ResolveSection(program.Section) is not { } match)
        {
            return Result<PlannedProgram>.Success(new PlannedProgram(program.Name, null, "", ""));
        }

        if (match.Prefix.AttachPoint is not { } name)
        {
            return Result<PlannedProgram>.Failure(CliRules.NotAttachable.Error(
                PlaceOf(program),
                $"section {program.Section} makes a {match.Type.Provider.Descriptor.Name} program, which no event runs",
                $"Run it once with `skep prog run {program.ObjectName}:{program.Name}`, or say what to attach to with --attach POINT:TARGET."));
        }

        if (registry.FindAttachPoint(name) is not { } point)
        {
            return Result<PlannedProgram>.Failure(AttachRules.UnknownAttachPoint.Error(
                PlaceOf(program), $"no plugin offers attach point {name}, which section {program.Section} needs"));
        }

        return match.Target is { Length: > 0 } target
            ? Result<PlannedProgram>.Success(new PlannedProgram(program.Name, null, name, target))
            : Result<PlannedProgram>.Failure(CliRules.NoTarget.Error(
                PlaceOf(program),
                $"section {program.Section} names no target",
                $"Write the target into the section, or attach with --attach {name}:{point.Provider.Descriptor.TargetSyntax}."));
    }

    private static Result<PlannedProgram> FromArgument(ProgramSpec program, AttachArgument attach, Registry registry)
    {
        if (registry.FindAttachPoint(attach.Point) is not { } point)
        {
            string known = string.Join(", ", registry.AttachPoints.Select(candidate => candidate.Provider.Descriptor.Name).Order(StringComparer.Ordinal));
            return Result<PlannedProgram>.Failure(AttachRules.UnknownAttachPoint.Error(
                PlaceOf(program), $"no plugin offers attach point {attach.Point}, which --attach names; there is {(known.Length == 0 ? "none" : known)}"));
        }

        AttachPointDescriptor descriptor = point.Provider.Descriptor;
        string? own = registry.ResolveSection(program.Section)?.Type.Provider.Descriptor.Name;
        string? type = own is not null && descriptor.ProgramTypes.Contains(own) ? null : descriptor.ProgramTypes[0];
        return Result<PlannedProgram>.Success(new PlannedProgram(program.Name, type, attach.Point, attach.Target));
    }
}
