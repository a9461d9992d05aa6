using Skep.Findings;

namespace Skep.Verification;

/// <summary>Findings about calls: of helpers, of functions, and back.</summary>
public static class CallRules
{
    public static readonly Rule ArgumentKind = new(
        "SKEP3301", "an argument of the wrong kind", "Pass what the prototype asks for.");

    public static readonly Rule ArgumentSize = new(
        "SKEP3302", "a size that is not proved to be right", "Bound it on both sides before the call: `if (n > sizeof(buffer)) return 0;`.");

    public static readonly Rule NotConstant = new(
        "SKEP3303", "an argument that is no known constant", "Pass a constant.");

    public static readonly Rule ConstantString = new(
        "SKEP3304", "a string that is not constant", "Use a string literal in .rodata: `static const char fmt[] = \"...\";`.");

    public static readonly Rule MapOperation = new(
        "SKEP3305", "a helper that this map does not serve", "Use a map type that offers it, or a map that programs may change.");

    public static readonly Rule Callback = new(
        "SKEP3306", "a callback that its helper cannot call", "Pass the address of a static function that takes what the helper gives.");

    public static readonly Rule GlobalArgument = new(
        "SKEP3307", "an argument that does not fit a global function's type", "Pass what the signature says, or make the function `static`.");

    public static readonly Rule GlobalSignature = new(
        "SKEP3308", "a global function whose type says too little", "Take numbers, the context, and pointers to types of known size; or make the function `static`.");

    public static readonly Rule TailCall = new(
        "SKEP3309", "a tail call where there can be none", "Tail-call from the main function, or from functions with little stack, and never from a callback.");

    public static readonly Rule Iterator = new(
        "SKEP3310", "an iterator used out of order", "Make it, take its elements, end it, on every path: bpf_iter_num_new, _next, _destroy, or the bpf_for macro.");
}
