package server

import "context"

func (s *Server) loadSample(ctx context.Context) error { return ctx.Err() }
