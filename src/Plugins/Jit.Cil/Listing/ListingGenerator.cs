using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Jit.Cil.Listing;

/// <summary>Writes down what goes through it to the generator of a method. Offsets are counted within the method.</summary>
internal sealed class ListingGenerator(ILGenerator inner) : ILGenerator
{
    private readonly List<(int Offset, int Slot, OpCode Operation, object? Operand)> _lines = [];
    private readonly Dictionary<Label, int> _labels = [];

    /// <summary>The slot of the lowered program that is being emitted.</summary>
    public int Slot { get; set; }

    public override int ILOffset => inner.ILOffset;

    /// <summary>Once the method is complete, since branches go forward too.</summary>
    public ImmutableArray<CodeLine> ToLines()
        => [.. _lines.Select(line => new CodeLine(line.Offset, new SlotIndex(line.Slot), line.Operation.Name!, TextOf(line.Operand)))];

    public override void Emit(OpCode opcode) => Note(opcode, null).Emit(opcode);

    public override void Emit(OpCode opcode, byte arg) => Note(opcode, arg).Emit(opcode, arg);

    public override void Emit(OpCode opcode, short arg) => Note(opcode, arg).Emit(opcode, arg);

    public override void Emit(OpCode opcode, int arg) => Note(opcode, arg).Emit(opcode, arg);

    public override void Emit(OpCode opcode, long arg) => Note(opcode, arg).Emit(opcode, arg);

    public override void Emit(OpCode opcode, float arg) => Note(opcode, arg).Emit(opcode, arg);

    public override void Emit(OpCode opcode, double arg) => Note(opcode, arg).Emit(opcode, arg);

    public override void Emit(OpCode opcode, string str) => Note(opcode, str).Emit(opcode, str);

    public override void Emit(OpCode opcode, Type cls) => Note(opcode, cls).Emit(opcode, cls);

    public override void Emit(OpCode opcode, MethodInfo meth) => Note(opcode, meth).Emit(opcode, meth);

    public override void Emit(OpCode opcode, ConstructorInfo con) => Note(opcode, con).Emit(opcode, con);

    public override void Emit(OpCode opcode, FieldInfo field) => Note(opcode, field).Emit(opcode, field);

    public override void Emit(OpCode opcode, LocalBuilder local) => Note(opcode, local).Emit(opcode, local);

    public override void Emit(OpCode opcode, Label label) => Note(opcode, label).Emit(opcode, label);

    public override void Emit(OpCode opcode, Label[] labels) => Note(opcode, labels).Emit(opcode, labels);

    public override void Emit(OpCode opcode, SignatureHelper signature) => Note(opcode, signature).Emit(opcode, signature);

    public override void EmitCall(OpCode opcode, MethodInfo methodInfo, Type[]? optionalParameterTypes)
        => Note(opcode, methodInfo).EmitCall(opcode, methodInfo, optionalParameterTypes);

    public override void EmitCalli(OpCode opcode, CallingConventions callingConvention, Type? returnType, Type[]? parameterTypes, Type[]? optionalParameterTypes)
        => Note(opcode, returnType).EmitCalli(opcode, callingConvention, returnType, parameterTypes, optionalParameterTypes);

    public override void EmitCalli(OpCode opcode, CallingConvention unmanagedCallConv, Type? returnType, Type[]? parameterTypes)
        => Note(opcode, returnType).EmitCalli(opcode, unmanagedCallConv, returnType, parameterTypes);

    public override LocalBuilder DeclareLocal(Type localType, bool pinned) => inner.DeclareLocal(localType, pinned);

    public override Label DefineLabel() => inner.DefineLabel();

    public override void MarkLabel(Label loc)
    {
        _labels[loc] = inner.ILOffset;
        inner.MarkLabel(loc);
    }

    public override Label BeginExceptionBlock() => inner.BeginExceptionBlock();

    public override void BeginCatchBlock(Type? exceptionType) => inner.BeginCatchBlock(exceptionType);

    public override void BeginExceptFilterBlock() => inner.BeginExceptFilterBlock();

    public override void BeginFaultBlock() => inner.BeginFaultBlock();

    public override void BeginFinallyBlock() => inner.BeginFinallyBlock();

    public override void EndExceptionBlock() => inner.EndExceptionBlock();

    public override void BeginScope() => inner.BeginScope();

    public override void EndScope() => inner.EndScope();

    public override void UsingNamespace(string usingNamespace) => inner.UsingNamespace(usingNamespace);

    private ILGenerator Note(OpCode operation, object? operand)
    {
        _lines.Add((inner.ILOffset, Slot, operation, operand));
        return inner;
    }

    private string TextOf(object? operand) => operand switch
    {
        null => "",
        Label label => Place(label),
        Label[] labels => string.Join(", ", labels.Select(Place)),
        LocalBuilder local => string.Create(CultureInfo.InvariantCulture, $"{local.LocalIndex} ({local.LocalType.Name})"),
        MethodInfo or FieldInfo => NameOf((MemberInfo)operand),
        Type type => type.Name,
        _ => Convert.ToString(operand, CultureInfo.InvariantCulture) ?? "",
    };

    private static string NameOf(MemberInfo member) => member.DeclaringType is { } type ? $"{type.Name}.{member.Name}" : member.Name;

    private string Place(Label label) => _labels.TryGetValue(label, out int offset) ? string.Create(CultureInfo.InvariantCulture, $"0x{offset:x}") : "?";
}
