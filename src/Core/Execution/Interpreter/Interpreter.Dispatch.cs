using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Execution.Calls;
using Skep.Execution.Semantics;
using Skep.Isa;

namespace Skep.Execution.Interpreter;

/// <content>
/// The dispatch: one flat switch, a line an operation. A case only names the operands and the function that knows the meaning.
/// </content>
internal sealed unsafe partial class Interpreter<TMode>
{
    /// <summary>Runs from <paramref name="i"/> until the frame that is open at the call ends.</summary>
    /// <param name="r">The registers, of which R10 and the arguments are set.</param>
    /// <returns>R0. After a trap 0; the invocation has the trap then, and frames are as the trap found them.</returns>
    // Left to the tiers: compiling a method of this size with full optimisation at the first call costs some 100 ms, which a process
    // that has just started (and has it compiled ahead of time) must not pay; benchmarks/README.md has the figures.
    private static ulong Execute(RunState* state, ulong* r, Instruction* i)
    {
        // Few variables, and none but these live across calls, so that the loop keeps them in registers.
        ulong fuel = state->Invocation->Fuel;
        int helper;
        byte* p;
        while (true)
        {
            if (TMode.IsChecked)
            {
                if (fuel == 0)
                {
                    return Trap(state, TrapKind.FuelExhausted, i);
                }

                fuel--;
            }

            Operation operation = i->Operation;
            if (TMode.CountsFuelSlots && (operation & FuelMark) != 0)
            {
                if (fuel == 0)
                {
                    return Trap(state, TrapKind.FuelExhausted, i);
                }

                fuel--;
                operation &= ~FuelMark;
            }

            if (!TMode.Before(state, r, i))
            {
                return 0;
            }

            ulong* d = r + i->Destination;
            ulong* s = r + i->Source;
            switch (operation)
            {
                case Operation.LoadImmediate64: *d = (ulong)i->Immediate; i++; break;
                case Operation.LoadFunction: *d = FunctionAddress.Of(state->SlotOf(i) + 1 + i->LowImmediate); i++; break;

                // 64-bit arithmetic (RFC 9669, section 4.1)
                case Operation.Add64Immediate: *d = Alu64.Add(*d, (ulong)i->Immediate); break;
                case Operation.Add64Register: *d = Alu64.Add(*d, *s); break;
                case Operation.Subtract64Immediate: *d = Alu64.Subtract(*d, (ulong)i->Immediate); break;
                case Operation.Subtract64Register: *d = Alu64.Subtract(*d, *s); break;
                case Operation.Multiply64Immediate: *d = Alu64.Multiply(*d, (ulong)i->Immediate); break;
                case Operation.Multiply64Register: *d = Alu64.Multiply(*d, *s); break;
                case Operation.Divide64Immediate: *d = Alu64.Divide(*d, (ulong)i->Immediate); break;
                case Operation.Divide64Register: *d = Alu64.Divide(*d, *s); break;
                case Operation.SignedDivide64Immediate: *d = Alu64.SignedDivide(*d, (ulong)i->Immediate); break;
                case Operation.SignedDivide64Register: *d = Alu64.SignedDivide(*d, *s); break;
                case Operation.Or64Immediate: *d = Alu64.Or(*d, (ulong)i->Immediate); break;
                case Operation.Or64Register: *d = Alu64.Or(*d, *s); break;
                case Operation.And64Immediate: *d = Alu64.And(*d, (ulong)i->Immediate); break;
                case Operation.And64Register: *d = Alu64.And(*d, *s); break;
                case Operation.ShiftLeft64Immediate: *d = Alu64.ShiftLeft(*d, (ulong)i->Immediate); break;
                case Operation.ShiftLeft64Register: *d = Alu64.ShiftLeft(*d, *s); break;
                case Operation.ShiftRight64Immediate: *d = Alu64.ShiftRight(*d, (ulong)i->Immediate); break;
                case Operation.ShiftRight64Register: *d = Alu64.ShiftRight(*d, *s); break;
                case Operation.Modulo64Immediate: *d = Alu64.Modulo(*d, (ulong)i->Immediate); break;
                case Operation.Modulo64Register: *d = Alu64.Modulo(*d, *s); break;
                case Operation.SignedModulo64Immediate: *d = Alu64.SignedModulo(*d, (ulong)i->Immediate); break;
                case Operation.SignedModulo64Register: *d = Alu64.SignedModulo(*d, *s); break;
                case Operation.ExclusiveOr64Immediate: *d = Alu64.ExclusiveOr(*d, (ulong)i->Immediate); break;
                case Operation.ExclusiveOr64Register: *d = Alu64.ExclusiveOr(*d, *s); break;
                case Operation.Move64Immediate: *d = (ulong)i->Immediate; break;
                case Operation.Move64Register: *d = *s; break;
                case Operation.ShiftRightArithmetic64Immediate: *d = Alu64.ShiftRightArithmetic(*d, (ulong)i->Immediate); break;
                case Operation.ShiftRightArithmetic64Register: *d = Alu64.ShiftRightArithmetic(*d, *s); break;
                case Operation.Negate64: *d = Alu64.Negate(*d); break;
                case Operation.MoveSigned8To64: *d = Alu64.MoveSigned8(*s); break;
                case Operation.MoveSigned16To64: *d = Alu64.MoveSigned16(*s); break;
                case Operation.MoveSigned32To64: *d = Alu64.MoveSigned32(*s); break;

                // 32-bit arithmetic (RFC 9669, section 4.1)
                case Operation.Add32Immediate: *d = Alu32.Add(*d, (ulong)i->Immediate); break;
                case Operation.Add32Register: *d = Alu32.Add(*d, *s); break;
                case Operation.Subtract32Immediate: *d = Alu32.Subtract(*d, (ulong)i->Immediate); break;
                case Operation.Subtract32Register: *d = Alu32.Subtract(*d, *s); break;
                case Operation.Multiply32Immediate: *d = Alu32.Multiply(*d, (ulong)i->Immediate); break;
                case Operation.Multiply32Register: *d = Alu32.Multiply(*d, *s); break;
                case Operation.Divide32Immediate: *d = Alu32.Divide(*d, (ulong)i->Immediate); break;
                case Operation.Divide32Register: *d = Alu32.Divide(*d, *s); break;
                case Operation.SignedDivide32Immediate: *d = Alu32.SignedDivide(*d, (ulong)i->Immediate); break;
                case Operation.SignedDivide32Register: *d = Alu32.SignedDivide(*d, *s); break;
                case Operation.Or32Immediate: *d = Alu32.Or(*d, (ulong)i->Immediate); break;
                case Operation.Or32Register: *d = Alu32.Or(*d, *s); break;
                case Operation.And32Immediate: *d = Alu32.And(*d, (ulong)i->Immediate); break;
                case Operation.And32Register: *d = Alu32.And(*d, *s); break;
                case Operation.ShiftLeft32Immediate: *d = Alu32.ShiftLeft(*d, (ulong)i->Immediate); break;
                case Operation.ShiftLeft32Register: *d = Alu32.ShiftLeft(*d, *s); break;
                case Operation.ShiftRight32Immediate: *d = Alu32.ShiftRight(*d, (ulong)i->Immediate); break;
                case Operation.ShiftRight32Register: *d = Alu32.ShiftRight(*d, *s); break;
                case Operation.Modulo32Immediate: *d = Alu32.Modulo(*d, (ulong)i->Immediate); break;
                case Operation.Modulo32Register: *d = Alu32.Modulo(*d, *s); break;
                case Operation.SignedModulo32Immediate: *d = Alu32.SignedModulo(*d, (ulong)i->Immediate); break;
                case Operation.SignedModulo32Register: *d = Alu32.SignedModulo(*d, *s); break;
                case Operation.ExclusiveOr32Immediate: *d = Alu32.ExclusiveOr(*d, (ulong)i->Immediate); break;
                case Operation.ExclusiveOr32Register: *d = Alu32.ExclusiveOr(*d, *s); break;
                case Operation.Move32Immediate: *d = Alu32.Move((ulong)i->Immediate); break;
                case Operation.Move32Register: *d = Alu32.Move(*s); break;
                case Operation.ShiftRightArithmetic32Immediate: *d = Alu32.ShiftRightArithmetic(*d, (ulong)i->Immediate); break;
                case Operation.ShiftRightArithmetic32Register: *d = Alu32.ShiftRightArithmetic(*d, *s); break;
                case Operation.Negate32: *d = Alu32.Negate(*d); break;
                case Operation.MoveSigned8To32: *d = Alu32.MoveSigned8(*s); break;
                case Operation.MoveSigned16To32: *d = Alu32.MoveSigned16(*s); break;

                // Byte order (RFC 9669, section 4.2)
                case Operation.ToLittleEndian16: *d = ByteOrder.ToLittleEndian16(*d); break;
                case Operation.ToLittleEndian32: *d = ByteOrder.ToLittleEndian32(*d); break;
                case Operation.ToLittleEndian64: *d = ByteOrder.ToLittleEndian64(*d); break;
                case Operation.ToBigEndian16: *d = ByteOrder.ToBigEndian16(*d); break;
                case Operation.ToBigEndian32: *d = ByteOrder.ToBigEndian32(*d); break;
                case Operation.ToBigEndian64: *d = ByteOrder.ToBigEndian64(*d); break;
                case Operation.SwapBytes16: *d = ByteOrder.Swap16(*d); break;
                case Operation.SwapBytes32: *d = ByteOrder.Swap32(*d); break;
                case Operation.SwapBytes64: *d = ByteOrder.Swap64(*d); break;

                // Loads and stores (RFC 9669, sections 5.1 and 5.2)
                case Operation.Load8: if (!TMode.Allows(state, p = At(*s, i), 1, MemoryAccess.Read)) { goto MemoryFault; } r[i->Destination] = Memory.Load8(p); break;
                case Operation.Load16: if (!TMode.Allows(state, p = At(*s, i), 2, MemoryAccess.Read)) { goto MemoryFault; } r[i->Destination] = Memory.Load16(p); break;
                case Operation.Load32: if (!TMode.Allows(state, p = At(*s, i), 4, MemoryAccess.Read)) { goto MemoryFault; } r[i->Destination] = Memory.Load32(p); break;
                case Operation.Load64: if (!TMode.Allows(state, p = At(*s, i), 8, MemoryAccess.Read)) { goto MemoryFault; } r[i->Destination] = Memory.Load64(p); break;
                case Operation.LoadSigned8: if (!TMode.Allows(state, p = At(*s, i), 1, MemoryAccess.Read)) { goto MemoryFault; } r[i->Destination] = Memory.LoadSigned8(p); break;
                case Operation.LoadSigned16: if (!TMode.Allows(state, p = At(*s, i), 2, MemoryAccess.Read)) { goto MemoryFault; } r[i->Destination] = Memory.LoadSigned16(p); break;
                case Operation.LoadSigned32: if (!TMode.Allows(state, p = At(*s, i), 4, MemoryAccess.Read)) { goto MemoryFault; } r[i->Destination] = Memory.LoadSigned32(p); break;
                case Operation.StoreImmediate8: if (!TMode.Allows(state, p = At(*d, i), 1, MemoryAccess.Write)) { goto MemoryFault; } Memory.Store8(p, (ulong)i->Immediate); break;
                case Operation.StoreImmediate16: if (!TMode.Allows(state, p = At(*d, i), 2, MemoryAccess.Write)) { goto MemoryFault; } Memory.Store16(p, (ulong)i->Immediate); break;
                case Operation.StoreImmediate32: if (!TMode.Allows(state, p = At(*d, i), 4, MemoryAccess.Write)) { goto MemoryFault; } Memory.Store32(p, (ulong)i->Immediate); break;
                case Operation.StoreImmediate64: if (!TMode.Allows(state, p = At(*d, i), 8, MemoryAccess.Write)) { goto MemoryFault; } Memory.Store64(p, (ulong)i->Immediate); break;
                case Operation.StoreRegister8: if (!TMode.Allows(state, p = At(*d, i), 1, MemoryAccess.Write)) { goto MemoryFault; } Memory.Store8(p, r[i->Source]); break;
                case Operation.StoreRegister16: if (!TMode.Allows(state, p = At(*d, i), 2, MemoryAccess.Write)) { goto MemoryFault; } Memory.Store16(p, r[i->Source]); break;
                case Operation.StoreRegister32: if (!TMode.Allows(state, p = At(*d, i), 4, MemoryAccess.Write)) { goto MemoryFault; } Memory.Store32(p, r[i->Source]); break;
                case Operation.StoreRegister64: if (!TMode.Allows(state, p = At(*d, i), 8, MemoryAccess.Write)) { goto MemoryFault; } Memory.Store64(p, r[i->Source]); break;

                // Packet access of classic BPF (RFC 9669, section 5.5)
                case Operation.LoadPacketAbsolute8: if (!LoadPacket(state, r, (int)i->Immediate, 1)) { goto case Operation.Exit; } break;
                case Operation.LoadPacketAbsolute16: if (!LoadPacket(state, r, (int)i->Immediate, 2)) { goto case Operation.Exit; } break;
                case Operation.LoadPacketAbsolute32: if (!LoadPacket(state, r, (int)i->Immediate, 4)) { goto case Operation.Exit; } break;
                case Operation.LoadPacketIndirect8: if (!LoadPacket(state, r, (int)(*s + (ulong)i->Immediate), 1)) { goto case Operation.Exit; } break;
                case Operation.LoadPacketIndirect16: if (!LoadPacket(state, r, (int)(*s + (ulong)i->Immediate), 2)) { goto case Operation.Exit; } break;
                case Operation.LoadPacketIndirect32: if (!LoadPacket(state, r, (int)(*s + (ulong)i->Immediate), 4)) { goto case Operation.Exit; } break;

                // 32-bit atomics (RFC 9669, section 5.3)
                case Operation.AtomicAdd32: if (!TMode.AllowsAtomic(state, p = At(*d, i), 4, MemoryAccess.ReadWrite)) { goto MemoryFault; } Atomic.FetchAdd32(p, r[i->Source]); break;
                case Operation.AtomicOr32: if (!TMode.AllowsAtomic(state, p = At(*d, i), 4, MemoryAccess.ReadWrite)) { goto MemoryFault; } Atomic.FetchOr32(p, r[i->Source]); break;
                case Operation.AtomicAnd32: if (!TMode.AllowsAtomic(state, p = At(*d, i), 4, MemoryAccess.ReadWrite)) { goto MemoryFault; } Atomic.FetchAnd32(p, r[i->Source]); break;
                case Operation.AtomicExclusiveOr32: if (!TMode.AllowsAtomic(state, p = At(*d, i), 4, MemoryAccess.ReadWrite)) { goto MemoryFault; } Atomic.FetchExclusiveOr32(p, r[i->Source]); break;
                case Operation.AtomicFetchAdd32: if (!TMode.AllowsAtomic(state, p = At(*d, i), 4, MemoryAccess.ReadWrite)) { goto MemoryFault; } r[i->Source] = Atomic.FetchAdd32(p, r[i->Source]); break;
                case Operation.AtomicFetchOr32: if (!TMode.AllowsAtomic(state, p = At(*d, i), 4, MemoryAccess.ReadWrite)) { goto MemoryFault; } r[i->Source] = Atomic.FetchOr32(p, r[i->Source]); break;
                case Operation.AtomicFetchAnd32: if (!TMode.AllowsAtomic(state, p = At(*d, i), 4, MemoryAccess.ReadWrite)) { goto MemoryFault; } r[i->Source] = Atomic.FetchAnd32(p, r[i->Source]); break;
                case Operation.AtomicFetchExclusiveOr32: if (!TMode.AllowsAtomic(state, p = At(*d, i), 4, MemoryAccess.ReadWrite)) { goto MemoryFault; } r[i->Source] = Atomic.FetchExclusiveOr32(p, r[i->Source]); break;
                case Operation.AtomicExchange32: if (!TMode.AllowsAtomic(state, p = At(*d, i), 4, MemoryAccess.ReadWrite)) { goto MemoryFault; } r[i->Source] = Atomic.Exchange32(p, r[i->Source]); break;
                case Operation.AtomicCompareExchange32: if (!TMode.AllowsAtomic(state, p = At(*d, i), 4, MemoryAccess.ReadWrite)) { goto MemoryFault; } r[0] = Atomic.CompareExchange32(p, r[0], r[i->Source]); break;

                // 64-bit atomics (RFC 9669, section 5.3)
                case Operation.AtomicAdd64: if (!TMode.AllowsAtomic(state, p = At(*d, i), 8, MemoryAccess.ReadWrite)) { goto MemoryFault; } Atomic.FetchAdd64(p, r[i->Source]); break;
                case Operation.AtomicOr64: if (!TMode.AllowsAtomic(state, p = At(*d, i), 8, MemoryAccess.ReadWrite)) { goto MemoryFault; } Atomic.FetchOr64(p, r[i->Source]); break;
                case Operation.AtomicAnd64: if (!TMode.AllowsAtomic(state, p = At(*d, i), 8, MemoryAccess.ReadWrite)) { goto MemoryFault; } Atomic.FetchAnd64(p, r[i->Source]); break;
                case Operation.AtomicExclusiveOr64: if (!TMode.AllowsAtomic(state, p = At(*d, i), 8, MemoryAccess.ReadWrite)) { goto MemoryFault; } Atomic.FetchExclusiveOr64(p, r[i->Source]); break;
                case Operation.AtomicFetchAdd64: if (!TMode.AllowsAtomic(state, p = At(*d, i), 8, MemoryAccess.ReadWrite)) { goto MemoryFault; } r[i->Source] = Atomic.FetchAdd64(p, r[i->Source]); break;
                case Operation.AtomicFetchOr64: if (!TMode.AllowsAtomic(state, p = At(*d, i), 8, MemoryAccess.ReadWrite)) { goto MemoryFault; } r[i->Source] = Atomic.FetchOr64(p, r[i->Source]); break;
                case Operation.AtomicFetchAnd64: if (!TMode.AllowsAtomic(state, p = At(*d, i), 8, MemoryAccess.ReadWrite)) { goto MemoryFault; } r[i->Source] = Atomic.FetchAnd64(p, r[i->Source]); break;
                case Operation.AtomicFetchExclusiveOr64: if (!TMode.AllowsAtomic(state, p = At(*d, i), 8, MemoryAccess.ReadWrite)) { goto MemoryFault; } r[i->Source] = Atomic.FetchExclusiveOr64(p, r[i->Source]); break;
                case Operation.AtomicExchange64: if (!TMode.AllowsAtomic(state, p = At(*d, i), 8, MemoryAccess.ReadWrite)) { goto MemoryFault; } r[i->Source] = Atomic.Exchange64(p, r[i->Source]); break;
                case Operation.AtomicCompareExchange64: if (!TMode.AllowsAtomic(state, p = At(*d, i), 8, MemoryAccess.ReadWrite)) { goto MemoryFault; } r[0] = Atomic.CompareExchange64(p, r[0], r[i->Source]); break;

                // Acquire and release (Linux 6.15)
                case Operation.LoadAcquire8: if (!TMode.AllowsAtomic(state, p = At(*s, i), 1, MemoryAccess.Read)) { goto MemoryFault; } r[i->Destination] = Atomic.LoadAcquire8(p); break;
                case Operation.LoadAcquire16: if (!TMode.AllowsAtomic(state, p = At(*s, i), 2, MemoryAccess.Read)) { goto MemoryFault; } r[i->Destination] = Atomic.LoadAcquire16(p); break;
                case Operation.LoadAcquire32: if (!TMode.AllowsAtomic(state, p = At(*s, i), 4, MemoryAccess.Read)) { goto MemoryFault; } r[i->Destination] = Atomic.LoadAcquire32(p); break;
                case Operation.LoadAcquire64: if (!TMode.AllowsAtomic(state, p = At(*s, i), 8, MemoryAccess.Read)) { goto MemoryFault; } r[i->Destination] = Atomic.LoadAcquire64(p); break;
                case Operation.StoreRelease8: if (!TMode.AllowsAtomic(state, p = At(*d, i), 1, MemoryAccess.Write)) { goto MemoryFault; } Atomic.StoreRelease8(p, r[i->Source]); break;
                case Operation.StoreRelease16: if (!TMode.AllowsAtomic(state, p = At(*d, i), 2, MemoryAccess.Write)) { goto MemoryFault; } Atomic.StoreRelease16(p, r[i->Source]); break;
                case Operation.StoreRelease32: if (!TMode.AllowsAtomic(state, p = At(*d, i), 4, MemoryAccess.Write)) { goto MemoryFault; } Atomic.StoreRelease32(p, r[i->Source]); break;
                case Operation.StoreRelease64: if (!TMode.AllowsAtomic(state, p = At(*d, i), 8, MemoryAccess.Write)) { goto MemoryFault; } Atomic.StoreRelease64(p, r[i->Source]); break;

                // Jumps, calls and exit (RFC 9669, section 4.3)
                case Operation.Jump or Operation.JumpLong: i += i->Offset; break;
                case Operation.MayGoto: if (fuel == 0) { goto OutOfFuel; } fuel--; if (!state->MayGoOn()) { i += i->Offset; } break;
                case Operation.CallLocal: if (!state->Push(r, i)) { goto TooDeep; } i += i->Offset; break;
                case Operation.CallRegister: helper = Of(state).HelperIndex(*d); if (helper < 0) { goto default; } goto Call;
                case Operation.CallHelper: helper = (int)i->Immediate; goto Call;
                case Operation.Exit: goto Exit;

                // 64-bit conditional jumps (RFC 9669, section 4.3)
                case Operation.JumpEqual64Immediate: if (Jump.Equal64(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpEqual64Register: if (Jump.Equal64(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpGreaterThan64Immediate: if (Jump.GreaterThan64(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpGreaterThan64Register: if (Jump.GreaterThan64(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpGreaterOrEqual64Immediate: if (Jump.GreaterOrEqual64(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpGreaterOrEqual64Register: if (Jump.GreaterOrEqual64(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpAnyBitSet64Immediate: if (Jump.AnyBitSet64(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpAnyBitSet64Register: if (Jump.AnyBitSet64(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpNotEqual64Immediate: if (Jump.NotEqual64(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpNotEqual64Register: if (Jump.NotEqual64(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpSignedGreaterThan64Immediate: if (Jump.SignedGreaterThan64(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpSignedGreaterThan64Register: if (Jump.SignedGreaterThan64(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpSignedGreaterOrEqual64Immediate: if (Jump.SignedGreaterOrEqual64(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpSignedGreaterOrEqual64Register: if (Jump.SignedGreaterOrEqual64(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpLessThan64Immediate: if (Jump.LessThan64(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpLessThan64Register: if (Jump.LessThan64(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpLessOrEqual64Immediate: if (Jump.LessOrEqual64(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpLessOrEqual64Register: if (Jump.LessOrEqual64(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpSignedLessThan64Immediate: if (Jump.SignedLessThan64(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpSignedLessThan64Register: if (Jump.SignedLessThan64(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpSignedLessOrEqual64Immediate: if (Jump.SignedLessOrEqual64(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpSignedLessOrEqual64Register: if (Jump.SignedLessOrEqual64(*d, *s)) { i += i->Offset; } break;

                // 32-bit conditional jumps (RFC 9669, section 4.3)
                case Operation.JumpEqual32Immediate: if (Jump.Equal32(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpEqual32Register: if (Jump.Equal32(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpGreaterThan32Immediate: if (Jump.GreaterThan32(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpGreaterThan32Register: if (Jump.GreaterThan32(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpGreaterOrEqual32Immediate: if (Jump.GreaterOrEqual32(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpGreaterOrEqual32Register: if (Jump.GreaterOrEqual32(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpAnyBitSet32Immediate: if (Jump.AnyBitSet32(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpAnyBitSet32Register: if (Jump.AnyBitSet32(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpNotEqual32Immediate: if (Jump.NotEqual32(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpNotEqual32Register: if (Jump.NotEqual32(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpSignedGreaterThan32Immediate: if (Jump.SignedGreaterThan32(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpSignedGreaterThan32Register: if (Jump.SignedGreaterThan32(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpSignedGreaterOrEqual32Immediate: if (Jump.SignedGreaterOrEqual32(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpSignedGreaterOrEqual32Register: if (Jump.SignedGreaterOrEqual32(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpLessThan32Immediate: if (Jump.LessThan32(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpLessThan32Register: if (Jump.LessThan32(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpLessOrEqual32Immediate: if (Jump.LessOrEqual32(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpLessOrEqual32Register: if (Jump.LessOrEqual32(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpSignedLessThan32Immediate: if (Jump.SignedLessThan32(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpSignedLessThan32Register: if (Jump.SignedLessThan32(*d, *s)) { i += i->Offset; } break;
                case Operation.JumpSignedLessOrEqual32Immediate: if (Jump.SignedLessOrEqual32(*d, (ulong)i->Immediate)) { i += i->Offset; } break;
                case Operation.JumpSignedLessOrEqual32Register: if (Jump.SignedLessOrEqual32(*d, *s)) { i += i->Offset; } break;

                default: return Trap(state, TrapKind.InvalidInstruction, i);
            }

            i++;
            continue;

        Call:
            state->Invocation->Fuel = fuel;
            Next next = Of(state).CallHelper(state, r, helper, i);
            if (next == Next.Leave)
            {
                return 0;
            }

            fuel = state->Invocation->Fuel;
            if (next == Next.Instruction)
            {
                i++;
                continue;
            }

        Exit:
            if (state->Depth == state->Floor)
            {
                goto Return;
            }

            i = state->Pop(r) + 1;
        }

    Return:
        state->Invocation->Fuel = fuel;
        state->Invocation->Slot = state->SlotOf(i);
        return r[0];

    MemoryFault:
        return Trap(state, TrapKind.MemoryAccess, i, (ulong)p);

    OutOfFuel:
        return Trap(state, TrapKind.FuelExhausted, i);

    TooDeep:
        return Trap(state, TrapKind.CallDepth, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* At(ulong register, Instruction* i) => (byte*)(register + (ulong)i->Offset);

    private static bool LoadPacket(RunState* state, ulong* r, int offset, int size)
    {
        bool inside = state->LoadPacket(r, offset, size);
        if (TMode.IsChecked)
        {
            Clobber(r);
        }

        return inside;
    }
}
