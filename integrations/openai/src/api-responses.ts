// The module that is loaded for `api: 'responses'`: a `Translation`.
export { fromResponsesResponse as fromReply } from './convert-responses-response.ts';
export {
  toResponsesRequest as toRequest,
  toResponsesStreamRequest as toStreamRequest,
} from './convert-responses-request.ts';
export { responsesStream as fromStream } from './convert-responses-stream.ts';
