import { Secret } from "@adonisjs/core/helpers";
import { defineConfig } from "@adonisjs/core/http";

export const appKey = new Secret("a key of at least sixteen characters");
export const http = defineConfig({ generateRequestId: false, cookie: {} });
