using System.Globalization;
using System.Text;
using Skep.Contracts;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Log;

/// <summary>What a register holds, in the words of the kernel's verifier log (print_verifier_state in kernel/bpf/log.c).</summary>
internal static class RegisterText
{
    public static string Of(WalkContext context, in RegisterState register) => Of(context, register, context.State.FrameCount - 1);

    /// <param name="frame">The frame that the register belongs to: stack pointers into others say which.</param>
    public static string Of(WalkContext context, in RegisterState register, int frame)
    {
        if (register.Kind == ValueKind.Scalar)
        {
            return WithId(register, register.Number.ToString());
        }

        if (register.Kind == ValueKind.Iterator)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"iter_{context.Input.TypeName(register.Target)}(ref_id={register.Reference},state={((IteratorState)register.Range).ToString().ToLowerInvariant()},depth={register.Delta})");
        }

        if (register.Kind == ValueKind.Stack)
        {
            return StackText(register, frame);
        }

        var text = new StringBuilder(NameOf(context.Input, register)).Append('(');
        Append(text, register.Id != 0, $"id={register.Id}");
        Append(text, register.Reference != 0, $"ref_obj_id={register.Reference}");
        if (register.Kind is ValueKind.Map or ValueKind.MapValue or ValueKind.MapKey)
        {
            MapInput map = context.Input.Map(register.Target);
            Append(text, true, $"map={map.Spec.Name},ks={map.KeySize},vs={map.ValueSize}");
        }

        Append(text, register.Offset != 0, $"off={register.Offset}");
        // What is known to be past the end has a negative range, which the kernel prints as it is in memory.
        Append(text, register.Kind is ValueKind.Packet or ValueKind.PacketMeta, register.Range < 0 ? $"r=0x{(long)register.Range:x}" : (FormattableString)$"r={register.Range}");
        Append(text, register.Kind == ValueKind.Memory, $"sz={register.Range}");
        AppendVariablePart(text, register);
        return text.Append(')').ToString();
    }

    private static string WithId(in RegisterState register, string number)
    {
        if (register.Id == 0 || register.Number.IsConstant)
        {
            return number;
        }

        string id = register.Delta == 0 ? $"id={register.Id}" : string.Create(CultureInfo.InvariantCulture, $"id={register.Id}{register.Delta:+0;-0}");
        return number.Replace("scalar(", number == "scalar()" ? $"scalar({id}" : $"scalar({id},", StringComparison.Ordinal);
    }

    private static string StackText(in RegisterState register, int frame)
    {
        string name = register.Frame == frame ? "fp" : string.Create(CultureInfo.InvariantCulture, $"fp[{register.Frame}]");
        if (register.HasFixedOffset)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{name}{register.FixedOffset}");
        }

        var text = new StringBuilder(name).Append('(');
        Append(text, register.Offset != 0, $"off={register.Offset}");
        AppendVariablePart(text, register);
        return text.Append(')').ToString();
    }

    private static void AppendVariablePart(StringBuilder text, in RegisterState register)
    {
        if (!register.HasFixedOffset)
        {
            string number = register.Number.ToString();
            Append(text, true, $"{number["scalar(".Length..^1]}");
        }
        else
        {
            Append(text, register.Number.ConstantValue != 0, $"imm={(long)register.Number.ConstantValue}");
        }
    }

    private static string NameOf(VerifierInput input, in RegisterState register)
    {
        string name = register.Kind switch
        {
            ValueKind.Uninitialized => "?",
            ValueKind.Context => "ctx",
            ValueKind.Map => "map_ptr",
            ValueKind.MapValue => "map_value",
            ValueKind.MapKey => "map_key",
            ValueKind.Packet => "pkt",
            ValueKind.PacketMeta => "pkt_meta",
            ValueKind.PacketEnd => "pkt_end",
            ValueKind.Memory when register.Target != 0 => input.TypeName(register.Target),
            ValueKind.Memory => register.Access == MemoryAccess.Read ? "rdonly_mem" : "mem",
            ValueKind.Object => input.TypeName(register.Target),
            ValueKind.Function => "func",
            _ => "scalar",
        };
        return register.MayBeNull ? name + "_or_null" : name;
    }

    private static void Append(StringBuilder text, bool isTold, FormattableString part)
    {
        if (isTold)
        {
            string told = FormattableString.Invariant(part);
            text.Append(text[^1] == '(' || told.Length == 0 ? "" : ",").Append(told);
        }
    }
}
