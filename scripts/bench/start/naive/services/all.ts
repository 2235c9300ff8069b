// An index file for all services makes each command load every one of them.
import "./DB";
import "./Logger";
import "./Mailer";
import "./Redis";
import "./SQLite";
import "ejs";
