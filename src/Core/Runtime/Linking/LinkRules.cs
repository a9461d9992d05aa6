using Skep.Findings;

namespace Skep.Runtime.Linking;

/// <summary>Findings about binding an object to what a runtime offers.</summary>
public static class LinkRules
{
    public static readonly Rule UnknownSection = new(
        "SKEP2001",
        "no program type for a section",
        "Add the plugin that offers the type, rename the section, or say what to attach to: `--attach POINT:TARGET`.");

    public static readonly Rule UnknownProgramType = new(
        "SKEP2002",
        "no such program type",
        "`skep plugin list` shows the program types that are here; add the plugin that offers it.");

    public static readonly Rule UnknownMapType = new(
        "SKEP2003",
        "no such map type",
        "`skep plugin list` shows the map types that are here; add the plugin that offers it.");

    public static readonly Rule BadMapDefinition = new(
        "SKEP2004",
        "a map definition that its type does not allow",
        "Change the definition in the C source.");

    public static readonly Rule UnknownMap = new(
        "SKEP2005",
        "a reference to a map that is not there",
        "Define the map in the object, or offer it to the loader by name.");

    public static readonly Rule NoDirectValue = new(
        "SKEP2006",
        "an address into a map whose values have none",
        "Look the value up with bpf_map_lookup_elem instead.");

    public static readonly Rule UnresolvedExtern = new(
        "SKEP2007",
        "an extern that cannot be had here",
        "Add the plugin that offers it, or declare it `__weak` and test it before use.");

    public static readonly Rule NeedsCoreRelocation = new(
        "SKEP2008",
        "a CO-RE relocation that is not applied",
        "Compile without `preserve_access_index` (no vmlinux.h types), or read the field at a fixed offset.");

    public static readonly Rule UnknownProgram = new(
        "SKEP2009",
        "no such program in the object",
        "Name one of the programs that the object has.");

    public static readonly Rule TooLarge = new(
        "SKEP2010",
        "larger than a limit",
        "Make it smaller, or raise the named member of Limits.");

    public static readonly Rule MapCreation = new(
        "SKEP2011",
        "a map that could not be made",
        "Change the definition, or free what is short.");

    public static readonly Rule UnsupportedInitializer = new(
        "SKEP2012",
        "static map contents that the map's type cannot take",
        "Fill the map from user code after loading.");

    public static readonly Rule BadReference = new(
        "SKEP2013",
        "a reference that belongs to no instruction, or to one that has another",
        "Give each instruction at most one reference, at its first slot.");

    public static readonly Rule BadElement = new(
        "SKEP2014",
        "a program array that cannot hold a program",
        "Put programs of one type into the array, all of which are loaded.");

    public static readonly Rule HelperNotAllowed = new(
        "SKEP2015",
        "a call of a helper that the host does not allow",
        "Leave the call out, or have the host allow it: SkepBuilder.AllowHelpers.");
}
