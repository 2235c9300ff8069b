// Exports all services from one file, so that each command that imports it loads every one of them.
import "./DB";
import "./Logger";
import "./Mailer";
import "./Redis";
import "./SQLite";
import "ejs";
