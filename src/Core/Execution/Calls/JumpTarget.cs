using System.Diagnostics;
using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Execution.Calls;

/// <summary>What machine code needs of a program to jump into it (<see cref="JumpLayout"/>). While it is open nothing of it changes.</summary>
internal sealed unsafe class JumpTarget : IDisposable
{
    /// <summary>What nobody jumps to: the element of an empty place. Belongs to the process.</summary>
    public static readonly nint None = (nint)NativeMemory.AllocZeroed((nuint)sizeof(Words));

    private int _type;
    private Words* _words;

    /// <summary>One that is never jumped to, until it is pointed at something.</summary>
    public JumpTarget()
    {
        Debug.Assert(sizeof(Words) == JumpLayout.Program + sizeof(nint), "The layout is known to back ends.");
        _words = (Words*)NativeMemory.AllocZeroed((nuint)sizeof(Words));
    }

    /// <summary>Says where to jump. It is closed, and no run that saw it open is under way.</summary>
    /// <param name="place">Where the program's code is; null makes it a target that is never jumped to.</param>
    /// <param name="body">The word of the program's body in invocations.</param>
    /// <param name="contextBytes">What the proof takes the context to have.</param>
    public void Point(JumpPlace? place, nint body, int contextBytes)
    {
        _type = place?.Type ?? 0;
        *_words = new Words { ContextBytes = (ulong)contextBytes, Entry = place?.Entry ?? 0, Engine = place?.Engine ?? 0, Program = body };
    }

    public nint Address => (nint)_words;

    /// <summary>Whether to jump; otherwise machine code calls the helper as well. A jump that is under way goes on.</summary>
    public void Offer(bool isOpen) => Volatile.Write(ref _words->Type, isOpen ? _type : 0);

    /// <summary>Frees it: no run reaches it any more.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_words);
        _words = null;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Words
    {
        public int Type;
        public ulong ContextBytes;
        public nint Entry;
        public nint Engine;
        public nint Program;
    }
}

/// <summary>Machine code that may be jumped to.</summary>
/// <param name="Type">Of the program, as <see cref="ProgramEngine.JumpType"/> has it.</param>
/// <param name="Entry">The C entry of the main function.</param>
/// <param name="Engine">What <see cref="Invocation.Engine"/> is while it runs.</param>
internal sealed record JumpPlace(int Type, nint Entry, nint Engine);
