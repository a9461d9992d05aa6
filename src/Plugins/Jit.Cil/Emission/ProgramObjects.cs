using System.Reflection;
using System.Reflection.Emit;
using Skep.Execution.Calls;

namespace Skep.Jit.Cil.Emission;

/// <summary>
/// What the code of a program needs of managed objects: the first argument of each of its methods, so that it lives as long as they do. The fields
/// are read by code that is made at run time.
/// </summary>
internal sealed class ProgramObjects
{
    /// <summary>Helpers that have a field of their own.</summary>
    private const int Fields = 8;

    public static readonly FieldInfo KeyField = Field(nameof(Key));
    public static readonly MethodInfo CallMethod = typeof(HelperCall).GetMethod(nameof(HelperCall.Call))!;
    public static readonly MethodInfo InvokeMethod = typeof(HelperCall).GetMethod(nameof(HelperCall.Invoke))!;

    private static readonly FieldInfo[] HelperFields =
        [Field(nameof(Helper0)), Field(nameof(Helper1)), Field(nameof(Helper2)), Field(nameof(Helper3)), Field(nameof(Helper4)), Field(nameof(Helper5)), Field(nameof(Helper6)), Field(nameof(Helper7))];

    private static readonly FieldInfo HelpersField = Field(nameof(Helpers));

    /// <summary>What hides constants. Not constant itself, as far as the .NET JIT can know.</summary>
    public ulong Key;

    public HelperCall[] Helpers;
    public HelperCall? Helper0;
    public HelperCall? Helper1;
    public HelperCall? Helper2;
    public HelperCall? Helper3;
    public HelperCall? Helper4;
    public HelperCall? Helper5;
    public HelperCall? Helper6;
    public HelperCall? Helper7;

    public ProgramObjects(IEnumerable<HelperCall> helpers, ulong key)
    {
        Key = key;
        Helpers = [.. helpers];
        Helper0 = Helpers.ElementAtOrDefault(0);
        Helper1 = Helpers.ElementAtOrDefault(1);
        Helper2 = Helpers.ElementAtOrDefault(2);
        Helper3 = Helpers.ElementAtOrDefault(3);
        Helper4 = Helpers.ElementAtOrDefault(4);
        Helper5 = Helpers.ElementAtOrDefault(5);
        Helper6 = Helpers.ElementAtOrDefault(6);
        Helper7 = Helpers.ElementAtOrDefault(7);
    }

    /// <summary>Turns the objects on the stack into one of the helpers.</summary>
    public static void EmitHelper(ILGenerator il, int index)
    {
        if (index < Fields)
        {
            il.Emit(OpCodes.Ldfld, HelperFields[index]);
            return;
        }

        il.Emit(OpCodes.Ldfld, HelpersField);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldelem_Ref);
    }

    private static FieldInfo Field(string name) => typeof(ProgramObjects).GetField(name)!;
}
