// The module that is loaded for `api: 'chat-completions'`: a `Translation`.
export { fromChatCompletionsResponse as fromReply } from './convert-chat-response.ts';
export {
  toChatCompletionsRequest as toRequest,
  toChatCompletionsStreamRequest as toStreamRequest,
} from './convert-chat-request.ts';
export { chatCompletionsStream as fromStream } from './convert-chat-stream.ts';
