using System.Collections.Immutable;
using Skep.Contracts;

namespace Skep.Hosting.Manifest;

/// <summary>A helper's declaration in C, in the types of libbpf's bpf_helper_defs.h.</summary>
public static class HelperPrototype
{
    /// <summary>For example <c>void *bpf_map_lookup_elem(void *map, const void *key)</c>; the name is the helper's C identifier.</summary>
    public static string Of(HelperDescriptor helper)
    {
        ArgumentNullException.ThrowIfNull(helper);
        ImmutableArray<HelperArgument> arguments = helper.Arguments;
        IEnumerable<string> parameters = arguments.Select(argument => (Declared(argument.CType) ?? TypeOf(argument)) + argument.Name);
        string list = helper.IsVariadic ? string.Join(", ", [.. parameters, "..."]) : arguments.IsEmpty ? "void" : string.Join(", ", parameters);
        return $"{Declared(helper.Result.CType) ?? TypeOf(helper.Result)}{helper.CIdentifier}({list})";
    }

    /// <summary>With a space after it, but for a pointer's star.</summary>
    private static string? Declared(string? type) => type is null or [.., '*'] ? type : type + " ";

    private static string TypeOf(HelperResult result) => result.Kind switch
    {
        HelperResultKind.Void => "void ",
        HelperResultKind.Integer => "long ",
        HelperResultKind.ObjectOrNull when result.ObjectType is { } name => $"struct {name} *",
        _ => "void *",
    };

    private static string TypeOf(HelperArgument argument) => argument.Kind switch
    {
        HelperArgumentKind.Anything => "__u64 ",
        HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero => "__u32 ",
        HelperArgumentKind.AllocationSize => "__u64 ",
        HelperArgumentKind.MapKey or HelperArgumentKind.ReadableMemory => "const void *",
        HelperArgumentKind.MapValue when (argument.Flags & HelperArgumentFlags.Uninitialized) == 0 => "const void *",
        HelperArgumentKind.ConstString => "const char *",
        HelperArgumentKind.SpinLock => "struct bpf_spin_lock *",
        HelperArgumentKind.Timer => "struct bpf_timer *",
        HelperArgumentKind.DynamicPointer => "struct bpf_dynptr *",
        HelperArgumentKind.Object when argument.ObjectType is { } name => $"struct {name} *",
        _ => "void *",
    };
}
