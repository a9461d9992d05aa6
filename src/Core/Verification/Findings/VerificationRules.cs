using Skep.Findings;

namespace Skep.Verification;

/// <summary>Findings about programs that may not run.</summary>
public static class VerificationRules
{
    public static readonly Rule EmptyProgram = new(
        "SKEP3001", "a program without instructions", "Write at least `r0 = 0` and `exit`.");

    public static readonly Rule TooManyInstructions = new(
        "SKEP3002", "too many instructions", "Split the program, or raise the limit.");

    public static readonly Rule TooManyFunctions = new(
        "SKEP3003", "too many functions", "Mark small functions `static inline`, or raise the limit.");

    public static readonly Rule BadFunctionTable = new(
        "SKEP3004", "a function table that does not fit the instructions", "Compile the object again; a program made in memory may leave the table empty.");

    public static readonly Rule UnknownOpcode = new(
        "SKEP3005", "an unknown opcode", "Compile for an instruction set that Skep has (`-mcpu=v1` to `-mcpu=v4`).");

    public static readonly Rule RegisterOutOfRange = new(
        "SKEP3006", "a register that does not exist", "Compile the object again: it is damaged, or not of eBPF.");

    public static readonly Rule ReservedField = new(
        "SKEP3007", "a reserved field with something in it", "Compile the object again, or set the field to what is expected.");

    public static readonly Rule BadWideImmediate = new(
        "SKEP3008", "a malformed 64-bit immediate", "A 64-bit immediate takes two slots; all but the immediate of the second is 0.");

    public static readonly Rule JumpOutOfProgram = new(
        "SKEP3009", "a jump out of the program", "Jump to an instruction of the same function.");

    public static readonly Rule JumpAcrossFunctions = new(
        "SKEP3010", "a jump from one function into another", "Call the function, or jump to an instruction of the same function.");

    public static readonly Rule JumpIntoWideImmediate = new(
        "SKEP3011", "a jump into a 64-bit immediate", "Jump to its first slot or to the instruction after it.");

    public static readonly Rule FallsOffEnd = new(
        "SKEP3012", "a function that runs off its end", "End every function with `exit` or an unconditional jump; in C, return a value on every path.");

    public static readonly Rule Unreachable = new(
        "SKEP3013", "instructions that nothing reaches", "Remove them; in C, compile with -O2.");

    public static readonly Rule FramePointerWritten = new(
        "SKEP3014", "a write to the frame pointer", "Copy r10 to another register and change that.");

    public static readonly Rule UnknownHelper = new(
        "SKEP3015", "a call of a helper that is not here", "`skep plugin list` and `skep plugin show NAME` show the helpers that are here; add the plugin that offers it.");

    public static readonly Rule HelperNotAllowed = new(
        "SKEP3016", "a helper that this program type may not call", "Use another program type, or another helper: `skep helper list`.");

    public static readonly Rule GplOnlyHelper = new(
        "SKEP3017", "a GPL-only helper in a program under another licence", "Declare a compatible licence, if it is yours to give: `char LICENSE[] SEC(\"license\") = \"GPL\";`.");

    public static readonly Rule BadCallTarget = new(
        "SKEP3018", "a call that leads to no function", "Call the first instruction of a function of the program.");

    public static readonly Rule Recursion = new(
        "SKEP3019", "a function that calls itself", "Write a loop instead; each call would need a frame more.");

    public static readonly Rule CallTooDeep = new(
        "SKEP3020", "calls nested too deeply", "Call fewer functions from functions, or mark some `static inline`.");

    public static readonly Rule OutOfFrame = new(
        "SKEP3021", "a stack access outside the frame", "Keep local variables smaller than a frame, and in its bounds; put what is large into a map.");

    public static readonly Rule CombinedStack = new(
        "SKEP3022", "more stack along calls than there is", "Use smaller local variables in the functions named, or put them into a map.");

    public static readonly Rule UnboundMap = new(
        "SKEP3023", "a load of a map that is not bound", "Name the map in the C source and load the object with it: descriptors and indices of another process mean nothing here.");

    public static readonly Rule UnboundVariable = new(
        "SKEP3024", "a load of a kernel variable", "Skep runs in user space, where kernel variables cannot be reached; declare it `__weak` and test it.");

    public static readonly Rule UnboundFunction = new(
        "SKEP3025", "a call of a named function that is not here", "Add the plugin that offers it.");

    public static readonly Rule RegisterCall = new(
        "SKEP3026", "a call through a register", "Call the helper by its number, or allow such calls: VerificationPolicy.AllowRegisterCalls.");

    public static readonly Rule PacketLoad = new(
        "SKEP3027", "a packet load where it cannot work", "Use it in the main function of a socket_filter, sched_cls or sched_act program; elsewhere read the packet through the context.");

    public static readonly Rule DivisionByConstantZero = new(
        "SKEP3028", "a division by the constant 0", "Divide by another number; to have RFC 9669's result, allow it: VerificationPolicy.AllowPointlessConstants.");

    public static readonly Rule ShiftOutOfWidth = new(
        "SKEP3029", "a shift by more bits than there are", "Shift by less than the width; to have RFC 9669's masking, allow it: VerificationPolicy.AllowPointlessConstants.");

    /// <summary>A warning at the end of a list that was cut short.</summary>
    public static readonly Rule MoreProblems = new(
        "SKEP3099", "more problems than are shown", "Mend those that are shown first.");
}
