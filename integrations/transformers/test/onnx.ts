/**
 * Writes ONNX models by hand: as much of its protobuf as a graph of a few nodes takes.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { Buffer } from 'node:buffer';

type Message = Uint8Array;

/** Types of elements: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto#L500 */
export const FLOAT = 1;
export const INT64 = 7;

/** An operation on named values. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number>>;
}

/** A value that comes with the model. */
export interface Constant {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** An input or an output; a dimension by its name is of any size. */
export interface Port {
  readonly name: string;
  readonly type: number;
  readonly dims: readonly (string | number)[];
}

/** The bytes of a model of opset 13. */
export function onnxModel(
  nodes: readonly Node[],
  constants: readonly Constant[],
  inputs: readonly Port[],
  outputs: readonly Port[],
): Uint8Array {
  const graph = joined([
    ...nodes.map((node) => bytes(1, nodeOf(node))),
    text(2, 'graph'),
    ...constants.map((constant) => bytes(5, tensorOf(constant))),
    ...inputs.map((port) => bytes(11, portOf(port))),
    ...outputs.map((port) => bytes(12, portOf(port))),
  ]);
  return joined([number(1, 8), bytes(8, joined([text(1, ''), number(2, 13)])), bytes(7, graph)]);
}

function nodeOf({ op, inputs, outputs, attributes = {} }: Node): Message {
  return joined([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    // 20: the kind of attribute; 2: a whole number.
    ...Object.entries(attributes).map(([name, value]) =>
      bytes(5, joined([text(1, name), number(3, value), number(20, 2)])),
    ),
  ]);
}

function tensorOf({ name, dims, data }: Constant): Message {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const type = data instanceof Float32Array ? FLOAT : INT64;
  return joined([...dims.map((size) => number(1, size)), number(2, type), text(8, name), bytes(9, raw)]);
}

function portOf({ name, type, dims }: Port): Message {
  const shape = dims.map((size) => bytes(1, typeof size === 'number' ? number(1, size) : text(2, size)));
  return joined([text(1, name), bytes(2, bytes(1, joined([number(1, type), bytes(2, joined(shape))])))]);
}

function number(field: number, value: number): Message {
  return joined([varint(field << 3), varint(value)]);
}

function text(field: number, value: string): Message {
  return bytes(field, Buffer.from(value, 'utf8'));
}

function bytes(field: number, value: Message): Message {
  return joined([varint((field << 3) | 2), varint(value.length), value]);
}

function varint(value: number): Message {
  const out: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) + 128);
  return Uint8Array.from([...out, value]);
}

function joined(parts: readonly Message[]): Message {
  return new Uint8Array(Buffer.concat(parts));
}
