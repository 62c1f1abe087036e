import { useCallback, useEffect, useRef } from 'react';

/** Pixels from the end of the page that still are its end. */
const NEAR = 80;

/**
 * Keeps the end of the page in view while `content` grows, as long as the reader is there: whoever scrolls up to read is left alone. The
 * function that it gives goes to the end, wherever the reader is.
 */
export function useFollowing(content: unknown): () => void {
  const isFollowing = useRef(true);
  useEffect(() => {
    const onScroll = (): void => {
      const { scrollHeight, scrollTop, clientHeight } = document.documentElement;
      isFollowing.current = scrollHeight - scrollTop - clientHeight < NEAR;
    };
    window.addEventListener('scroll', onScroll, { passive: true });
    return () => window.removeEventListener('scroll', onScroll);
  }, []);
  useEffect(() => {
    if (isFollowing.current) window.scrollTo({ top: document.documentElement.scrollHeight });
  }, [content]);
  return useCallback(() => {
    isFollowing.current = true;
  }, []);
}
