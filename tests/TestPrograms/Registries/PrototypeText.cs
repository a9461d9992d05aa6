using Skep.Contracts;

namespace Skep.TestPrograms.Registries;

/// <summary>What the verifier heeds of a helper's prototype, as text to be compared; names are left out.</summary>
internal static class PrototypeText
{
    internal static string Of(HelperDescriptor helper)
    {
        string arguments = string.Join(", ", helper.Arguments.Select(Of));
        HelperResult result = helper.Result;
        string returns = $"{result.Kind}{Number(result.FixedSize)} {result.Range}{Flag(result.IsBoundedBySize, "bounded")}{Flag(result.Acquires, "acquires")} {(result.IsPointer ? result.Access : default)}";
        return $"({arguments}) -> {returns}{Flag(helper.InvalidatesPackets, "moves-packets")}{Flag(helper.IsTailCall, "tail-call")}{Flag(helper.IsGplOnly, "GPL")} {helper.Lock}";
    }

    private static string Of(HelperArgument argument)
    {
        string callback = argument.Callback is { } given ? $" calls({string.Join(", ", given.Arguments)}; count {given.CountArgument}; {given.Returns}{Flag(given.IsAsynchronous, "later")})" : "";
        return $"{argument.Kind}{(argument.Flags == 0 ? "" : $" {argument.Flags}")}{(argument.Operations == 0 ? "" : $" {argument.Operations}")}{Number(argument.FixedSize)}{callback}";
    }

    private static string Number(int size) => size == 0 ? "" : $" {size}";

    private static string Flag(bool isSet, string name) => isSet ? " " + name : "";
}
